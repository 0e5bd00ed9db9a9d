package io.vsmmu.vfiouser;

import io.vsmmu.posix.PosixLimits;
import io.vsmmu.vfiouser.memory.MemoryLimits;
import java.time.Duration;

/**
 * The limits of a connection.
 *
 * @param dmaTimeout how long reads and writes of guest memory by messages may fail in all, for one
 *     access of the guest; then further ones are refused without a message
 * @param sendTimeout how long a VMM may take to read one message; then the connection ends
 * @param negotiationTimeout how long a VMM may take until its VERSION is received whole; then the
 *     connection ends
 * @param messageTimeout how long the rest of a message may take after its first byte; then the
 *     connection ends
 * @param outstanding messages to the VMM that may wait for their replies at the same time; further
 *     ones wait
 * @param refusals refused requests after which the connection ends
 */
public record ProtocolLimits(
    Duration dmaTimeout,
    Duration sendTimeout,
    Duration negotiationTimeout,
    Duration messageTimeout,
    int outstanding,
    long refusals) {

  /** The most bytes of data in one message, either way. */
  public static final int TRANSFER = 1 << 20;

  /** The most bytes of one message: data, header and the structures in front of the data. */
  public static final int MESSAGE = TRANSFER + 4096;

  /** The most bytes of the JSON in a VERSION; a longer one is refused. */
  static final int CAPABILITIES = 4096;

  /** The most descriptors that may be sent with one message; further ones are closed. */
  static final int DESCRIPTORS = PosixLimits.DESCRIPTORS;

  /** The most regions of memory that a VMM may map, as the reply to VERSION says. */
  static final int DMA_MAPS = MemoryLimits.REGIONS;

  /** The initial size of a message buffer in bytes: 200 posted writes fit. */
  static final int FIRST_BUFFER = 8192;

  /** The most log lines about one connection in {@link #LOG_INTERVAL}; further ones are counted. */
  static final int LOG_LINES = 10;

  /** The interval of {@link #LOG_LINES}. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /**
   * How long a connection's leader may work until the other thread reads messages in its place:
   * after this to twice this time. A register read waits as long for work at most.
   */
  static final Duration WORK = Duration.ofMillis(2);

  /** How long after its last work a connection is looked at every {@link #WORK}. */
  static final Duration WATCH_AFTER_WORK = Duration.ofMillis(20);

  /** How long a socket is polled before its reader waits. */
  static final Duration POLLING = Duration.ofNanos(50_000);

  /** How long a connection's thread keeps its processor while there is always a next message. */
  static final Duration TURN = Duration.ofNanos(100_000);

  /**
   * The most messages that are read one after the other before the work that they leave is done.
   */
  static final int MESSAGES_BEFORE_WORK = 64;

  public static final ProtocolLimits DEFAULT =
      new ProtocolLimits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          64,
          10_000);
}
