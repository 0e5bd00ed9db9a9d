package io.vsmmu.gateway;

import java.time.Duration;

/**
 * The bounds of a session.
 *
 * @param waiting stimuli that may wait; who posts more waits itself
 * @param coalescedEntries most command queue entries that waiting doorbells are merged to
 * @param outcomeDelay how long the outcome of invalidations may wait for company before it is
 *     written on its own
 * @param askAgain how long a log that is away is left alone before it is asked again
 */
public record SessionLimits(
    int waiting, int coalescedEntries, Duration outcomeDelay, Duration askAgain) {

  /** Bounds with the service's patience for a log that is away. */
  public SessionLimits(int waiting, int coalescedEntries, Duration outcomeDelay) {
    this(waiting, coalescedEntries, outcomeDelay, Duration.ofMillis(100));
  }

  /** What the service uses. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(1024, io.vsmmu.smmu.model.Limits.SLICE_ENTRIES, Duration.ofMillis(20));
}
