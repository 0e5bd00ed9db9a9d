package io.vsmmu.db.log;

import java.time.Duration;

/**
 * The limits of the event log and its writer.
 *
 * @param queuedAppends number of appends that may wait for the writer
 * @param queuedBytes payload bytes that may wait for the writer
 * @param queueWait how long an append waits for space in a full queue; then it fails with {@link
 *     io.vsmmu.db.write.LogBusyException}
 * @param appendWait how long a caller of the storage engine waits for its append to be
 *     acknowledged, and how long the writer waits for one answer of the server
 * @param batchRows events written by one statement
 * @param batchBytes payload bytes written by one statement, unless a single append is larger
 * @param appendRows events in one append; a larger append is refused
 * @param appendBytes payload bytes in one append, at most {@code queuedBytes}; a larger append is
 *     refused
 * @param payloadBytes payload bytes of one event; a larger event is refused
 * @param subjectChars UTF-16 characters of an event's subject; a longer one is refused
 * @param streamHeads number of vSMMUs whose last sequence and hash the writer caches; others are
 *     read from the database again
 * @param partitionRows positions per partition of the event table
 * @param lockWait how long an opening writer waits for the lock that another writer holds; then it
 *     fails with {@link io.vsmmu.db.write.LogLockedException}
 * @param reconnectWait how long the writer tries to reconnect before the pending appends fail
 * @param reconnectPause pause between two attempts to reconnect or to take the lock
 * @param pageRows events that paging readers fetch at once
 * @param pollInterval how often followers query the database when no writer signals them
 * @param poolConnections size of the readers' connection pool
 */
public record EventLogLimits(
    int queuedAppends,
    int queuedBytes,
    Duration queueWait,
    Duration appendWait,
    int batchRows,
    int batchBytes,
    int appendRows,
    int appendBytes,
    int payloadBytes,
    int subjectChars,
    int streamHeads,
    long partitionRows,
    Duration lockWait,
    Duration reconnectWait,
    Duration reconnectPause,
    int pageRows,
    Duration pollInterval,
    int poolConnections) {

  private static final int MIB = 1 << 20;

  public static final EventLogLimits DEFAULTS =
      new EventLogLimits(
          4096,
          64 * MIB,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          1024,
          4 * MIB,
          8192,
          16 * MIB,
          MIB,
          256,
          16_384,
          1L << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMillis(100),
          256,
          Duration.ofMillis(100),
          16);

  public EventLogLimits {
    if (appendBytes > queuedBytes) {
      throw new IllegalArgumentException(
          "appendBytes " + appendBytes + " exceeds queuedBytes " + queuedBytes);
    }
    if (partitionRows < appendRows + batchRows) {
      throw new IllegalArgumentException(
          "partitionRows " + partitionRows + " is smaller than one batch");
    }
  }
}
