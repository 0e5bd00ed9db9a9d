package io.vsmmu.db.log;

import java.time.Duration;

/**
 * Every limit of this module.
 *
 * @param queuedAppends appends that may wait for the writer
 * @param queuedBytes payload bytes that may wait for the writer
 * @param queueWait how long an append waits for room in a full queue
 * @param appendWait how long a caller of the storage engine waits for its append, and the longest
 *     the writer waits for one answer of the server
 * @param batchRows events written by one statement
 * @param batchBytes payload bytes written by one statement, unless one append alone is larger
 * @param appendRows events in one append
 * @param appendBytes payload bytes in one append; at most {@code queuedBytes}
 * @param payloadBytes payload bytes of one event
 * @param subjectChars characters of an event's subject
 * @param streamHeads vSMMUs whose last sequence and hash stay in memory
 * @param partitionRows positions per partition of the event table
 * @param lockWait how long an opening writer waits for another one's lock
 * @param reconnectWait how long the writer tries to get its connection back before it fails what
 *     waits
 * @param reconnectPause pause between two such tries
 * @param pageRows events fetched at once by readers that page
 * @param pollInterval how often followers look at the database when no writer signals them
 * @param poolConnections connections of the readers' pool
 */
public record LogLimits(
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

  /** The limits used unless told otherwise. */
  public static final LogLimits DEFAULTS =
      new LogLimits(
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

  public LogLimits {
    if (appendBytes > queuedBytes) {
      throw new IllegalArgumentException(
          "appendBytes " + appendBytes + " exceeds queuedBytes " + queuedBytes);
    }
    if (partitionRows < appendRows + batchRows) {
      throw new IllegalArgumentException(
          "partitionRows " + partitionRows + " is smaller than one batch");
    }
  }

  /** These limits with another queue. */
  public LogLimits withQueue(int appends, Duration wait) {
    return new LogLimits(
        appends,
        queuedBytes,
        wait,
        appendWait,
        batchRows,
        batchBytes,
        appendRows,
        appendBytes,
        payloadBytes,
        subjectChars,
        streamHeads,
        partitionRows,
        lockWait,
        reconnectWait,
        reconnectPause,
        pageRows,
        pollInterval,
        poolConnections);
  }

  /** These limits with other waits for the writer's lock and connection. */
  public LogLimits withWaits(Duration lock, Duration reconnect) {
    return new LogLimits(
        queuedAppends,
        queuedBytes,
        queueWait,
        appendWait,
        batchRows,
        batchBytes,
        appendRows,
        appendBytes,
        payloadBytes,
        subjectChars,
        streamHeads,
        partitionRows,
        lock,
        reconnect,
        reconnectPause,
        pageRows,
        pollInterval,
        poolConnections);
  }

  /** These limits with smaller or larger partitions, batches and memory of stream heads. */
  public LogLimits withSizes(long partition, int batch, int append, int heads, int page) {
    return new LogLimits(
        queuedAppends,
        queuedBytes,
        queueWait,
        appendWait,
        batch,
        batchBytes,
        append,
        appendBytes,
        payloadBytes,
        subjectChars,
        heads,
        partition,
        lockWait,
        reconnectWait,
        reconnectPause,
        page,
        pollInterval,
        poolConnections);
  }
}
