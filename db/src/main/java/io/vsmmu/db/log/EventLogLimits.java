package io.vsmmu.db.log;

import java.time.Duration;

/**
 * The limits of the event log, its writer and its readers.
 *
 * @param roomWait how long an append waits while the journal is full; then it fails with {@link
 *     io.vsmmu.db.write.LogBusyException}
 * @param answerWait how long the shipper waits for one answer of the server, and an end of the
 *     service for the journal's tail
 * @param shipBytes bytes of rows that are written to the database by one COPY; the entries of the
 *     append with which this is reached are written too
 * @param gatherTime how long the shipper gathers events before it writes them, unless a reader
 *     waits for them
 * @param foldWait how long a reader of the log waits until what was acknowledged is in the
 *     database; then it reads the rest from the journal
 * @param tailWait how long a reader of the read models, which follow the database, waits until what
 *     was acknowledged is in the database; then it gets what the database has
 * @param bulkBytes bytes in the journal that the database lacks beyond which bulk appends wait, so
 *     that imports leave the journal to guests, and readers have little to read from it
 * @param appendRows events in one append; a larger append is refused
 * @param appendBytes payload bytes in one append; a larger append is refused
 * @param payloadBytes payload bytes of one event; a larger event is refused
 * @param subjectChars UTF-16 characters of an event's subject; a longer one is refused
 * @param streamHeads number of vSMMUs whose last sequence and hash the writer caches, besides those
 *     with events that are not in the database; others are read from the database again
 * @param partitionRows positions per partition of the event table
 * @param lockWait how long an opening writer waits for the lock that another writer holds; then it
 *     fails with {@link io.vsmmu.db.write.LogLockedException}
 * @param retryPause pause between two attempts to reach the database or to take the lock
 * @param pageRows events that paging readers fetch at once
 * @param pollInterval how often followers query the database when no writer signals them
 * @param poolConnections size of the readers' connection pool
 */
public record EventLogLimits(
    Duration roomWait,
    Duration answerWait,
    int shipBytes,
    Duration gatherTime,
    Duration foldWait,
    Duration tailWait,
    long bulkBytes,
    int appendRows,
    int appendBytes,
    int payloadBytes,
    int subjectChars,
    int streamHeads,
    long partitionRows,
    Duration lockWait,
    Duration retryPause,
    int pageRows,
    Duration pollInterval,
    int poolConnections) {

  private static final int MIB = 1 << 20;

  /**
   * Events of one chunk of a bulk append. Guests wait for the copy of a chunk, which takes a
   * quarter of a millisecond.
   */
  public static final int BULK_EVENTS = 1024;

  /** Bytes of rows with which a chunk is appended even if it has fewer events. */
  public static final int BULK_CHUNK_BYTES = MIB;

  public static final EventLogLimits DEFAULTS =
      new EventLogLimits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          4 * MIB,
          Duration.ofMillis(100),
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          16L * MIB,
          8192,
          8 * MIB,
          MIB,
          256,
          16_384,
          1L << 20,
          Duration.ofSeconds(10),
          Duration.ofMillis(100),
          256,
          Duration.ofMillis(100),
          16);

  public EventLogLimits {
    if (partitionRows < appendRows) {
      throw new IllegalArgumentException(
          "partitionRows " + partitionRows + " is smaller than one append");
    }
  }
}
