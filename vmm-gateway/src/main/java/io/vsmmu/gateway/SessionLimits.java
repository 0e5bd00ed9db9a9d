package io.vsmmu.gateway;

import io.vsmmu.smmu.model.Limits;
import java.time.Duration;

/**
 * The limits of a session.
 *
 * @param waiting posted stimuli that may wait; a caller that posts more waits
 * @param coalescedEntries the most command queue entries that waiting doorbells are merged to;
 *     further doorbells are handled on their own
 * @param outcomeDelay how long the outcome of invalidations may be pending without another
 *     submission; then it is recorded on its own
 * @param retryInterval how long a session waits before it tries an unavailable log again
 */
public record SessionLimits(
    int waiting, int coalescedEntries, Duration outcomeDelay, Duration retryInterval) {

  /** Limits with the service's retry interval of 100 ms. */
  public SessionLimits(int waiting, int coalescedEntries, Duration outcomeDelay) {
    this(waiting, coalescedEntries, outcomeDelay, Duration.ofMillis(100));
  }

  public static final SessionLimits DEFAULT =
      new SessionLimits(1024, Limits.SLICE_ENTRIES, Duration.ofMillis(20));
}
