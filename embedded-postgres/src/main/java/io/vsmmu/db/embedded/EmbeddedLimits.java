package io.vsmmu.db.embedded;

import java.time.Duration;

/**
 * The limits of the embedded PostgreSQL.
 *
 * @param startWait how long a started server may take until it accepts connections, which includes
 *     the recovery from its WAL after a crash; then the start has failed
 * @param restarts how often a server that ended is started again within {@code restartWindow};
 *     after that it is given up
 * @param restartWindow time after which an earlier restart no longer counts
 * @param restartPause pause between a failed start and the next one
 * @param checkInterval how often the supervisor checks the server and the free space
 * @param unresponsive how long probes may remain unanswered, or a process of the server may be
 *     stopped by a signal, before the server is killed and started again
 * @param reservedBytes free space on the data directory's file system that the log must not use, so
 *     that PostgreSQL itself does not run out of it; with less, appends are refused
 */
public record EmbeddedLimits(
    Duration startWait,
    int restarts,
    Duration restartWindow,
    Duration restartPause,
    Duration checkInterval,
    Duration unresponsive,
    long reservedBytes) {

  public static final EmbeddedLimits DEFAULTS =
      new EmbeddedLimits(
          Duration.ofMinutes(10),
          5,
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          Duration.ofMillis(250),
          Duration.ofSeconds(15),
          64L << 20);
}
