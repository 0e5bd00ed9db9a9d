package io.vsmmu.db.seal;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a log is sealed.
 *
 * @param keyFile the private key that signs checkpoints; made at the first start
 * @param checkpointFile to which each checkpoint is appended
 * @param origin name of the log with which a key is made; empty to make one from the host's name
 * @param events positions with which a segment is sealed at once, 1 to {@link
 *     SealLimits#SEGMENT_EVENTS}
 * @param interval how long an event waits at most until its segment is sealed
 */
public record SealSettings(
    Path keyFile, Path checkpointFile, String origin, int events, Duration interval) {

  public SealSettings {
    if (events < 1 || events > SealLimits.SEGMENT_EVENTS) {
      throw new IllegalArgumentException(
          "vsmmu.sealing.events %d is not within 1..%d"
              .formatted(events, SealLimits.SEGMENT_EVENTS));
    }
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("vsmmu.sealing.interval must be longer than 0");
    }
  }

  /** The files in a folder, and the defaults. */
  public static SealSettings in(Path folder) {
    return new SealSettings(
        folder.resolve("key"),
        folder.resolve("checkpoints"),
        "",
        SealLimits.SEGMENT_EVENTS,
        SealLimits.INTERVAL);
  }
}
