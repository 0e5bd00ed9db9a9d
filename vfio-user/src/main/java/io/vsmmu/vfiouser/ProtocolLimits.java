package io.vsmmu.vfiouser;

import io.vsmmu.posix.PosixLimits;
import io.vsmmu.vfiouser.memory.MemoryLimits;
import java.time.Duration;

/**
 * The bounds of a connection.
 *
 * @param dmaTimeout how long a read or write of guest memory by messages may take in all
 * @param sendTimeout how long a VMM may take to read one message before the connection ends
 * @param negotiationTimeout how long a VMM may take to be understood, VERSION and all, before the
 *     connection ends
 * @param messageTimeout how long the rest of a message may take that has begun
 * @param outstanding messages to the VMM that may wait for their replies at a time
 * @param refusals refused requests after which the connection ends
 */
public record ProtocolLimits(
    Duration dmaTimeout,
    Duration sendTimeout,
    Duration negotiationTimeout,
    Duration messageTimeout,
    int outstanding,
    long refusals) {

  /**
   * How long reads and writes of guest memory by messages may fail in all, for one access of the
   * guest; then none is asked for any more.
   */
  public static final Duration DMA_TIMEOUT = Duration.ofSeconds(5);

  /** How long a VMM may leave a message unread. */
  public static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

  /** How long a VMM may take until its VERSION is there. */
  public static final Duration NEGOTIATION_TIMEOUT = Duration.ofSeconds(10);

  /** How long the rest of a message may take that has begun. */
  public static final Duration MESSAGE_TIMEOUT = Duration.ofSeconds(5);

  /** Messages to the VMM that may wait for their replies at a time. */
  public static final int OUTSTANDING = 64;

  /** Refused requests after which a connection ends. */
  public static final long REFUSALS = 10_000;

  /** Most bytes of data in one message, either way. */
  public static final int TRANSFER = 1 << 20;

  /** Most bytes of one message: data, and room for all that goes with it. */
  public static final int MESSAGE = TRANSFER + 4096;

  /** Most bytes of the JSON in a VERSION. */
  static final int CAPABILITIES = 4096;

  /** Descriptors that one message may bring. */
  static final int DESCRIPTORS = PosixLimits.DESCRIPTORS;

  /** Memory regions that a VMM may have mapped at a time, as we tell it. */
  static final int DMA_MAPS = MemoryLimits.REGIONS;

  /** Bytes of a buffer that no message was too long for yet: 200 posted writes fit. */
  static final int FIRST_BUFFER = 8192;

  /** Log lines about one connection in {@link #LOG_INTERVAL}. */
  static final int LOG_LINES = 10;

  /** For how long {@link #LOG_LINES} count. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /** What the service uses. */
  public static final ProtocolLimits DEFAULT =
      new ProtocolLimits(
          DMA_TIMEOUT, SEND_TIMEOUT, NEGOTIATION_TIMEOUT, MESSAGE_TIMEOUT, OUTSTANDING, REFUSALS);
}
