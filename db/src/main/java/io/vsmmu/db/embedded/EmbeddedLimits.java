package io.vsmmu.db.embedded;

import java.time.Duration;

/**
 * Every limit of the embedded PostgreSQL.
 *
 * @param startWait how long a server that lives may take until it answers; after a crash it first
 *     reads its write-ahead log
 * @param restarts how often a server that ended is started again within {@code restartWindow}; then
 *     it is given up
 * @param restartWindow time after which an earlier restart no longer counts
 * @param restartPause pause before a start that follows a failed one
 * @param look how often the server is looked at
 * @param silence how long the server may leave a question unanswered, or one of its processes stay
 *     stopped, until it is killed and started again
 * @param reservedBytes room on the data directory's file system that the log leaves free, so that
 *     PostgreSQL itself never runs out of it; below it the log takes nothing
 */
public record EmbeddedLimits(
    Duration startWait,
    int restarts,
    Duration restartWindow,
    Duration restartPause,
    Duration look,
    Duration silence,
    long reservedBytes) {

  /** The limits used unless told otherwise. */
  public static final EmbeddedLimits DEFAULTS =
      new EmbeddedLimits(
          Duration.ofMinutes(10),
          5,
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          Duration.ofMillis(250),
          Duration.ofSeconds(15),
          64L << 20);

  /** These limits with another silence that is borne. */
  public EmbeddedLimits withSilence(Duration most) {
    return new EmbeddedLimits(
        startWait, restarts, restartWindow, restartPause, look, most, reservedBytes);
  }

  /** These limits with another number of restarts. */
  public EmbeddedLimits withRestarts(int most, Duration pause) {
    return new EmbeddedLimits(startWait, most, restartWindow, pause, look, silence, reservedBytes);
  }

  /** These limits with another reserve of room. */
  public EmbeddedLimits withReservedBytes(long bytes) {
    return new EmbeddedLimits(
        startWait, restarts, restartWindow, restartPause, look, silence, bytes);
  }
}
