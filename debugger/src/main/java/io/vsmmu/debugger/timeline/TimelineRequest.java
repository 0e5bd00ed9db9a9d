package io.vsmmu.debugger.timeline;

import io.vsmmu.projections.travel.LogPoint;
import org.jspecify.annotations.Nullable;

/**
 * Which timeline is wanted.
 *
 * @param from first event, inclusive; null for the beginning of the log
 * @param to last event, inclusive; null for the end of the log
 * @param buckets most buckets, 1 to {@link TimelineLimits#BUCKETS}
 */
public record TimelineRequest(
    @Nullable LogPoint from, @Nullable LogPoint to, TimelineAxis axis, int buckets) {

  public TimelineRequest {
    if (buckets < 1 || buckets > TimelineLimits.BUCKETS) {
      throw new IllegalArgumentException(
          "buckets %d is not 1 to %d".formatted(buckets, TimelineLimits.BUCKETS));
    }
  }
}
