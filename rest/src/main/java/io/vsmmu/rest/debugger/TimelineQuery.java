package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.timeline.TimelineAxis;
import io.vsmmu.debugger.timeline.TimelineLimits;
import io.vsmmu.debugger.timeline.TimelineRequest;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.WholeNumber;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /vsmmus/{name}/timeline}. */
record TimelineQuery(
    @Parameter(description = "First position or instant, inclusive; by default the first event")
        @Nullable LogPoint from,
    @Parameter(description = "Last position or instant, inclusive; by default the newest event")
        @Nullable LogPoint to,
    @Parameter(
            description =
                "What the buckets are equal parts of: position or time; by default time if from or"
                    + " to is an instant, else position")
        @Nullable TimelineAxis by,
    @Parameter(description = "Most buckets, 1 to 1000", schema = @Schema(defaultValue = "100"))
        @WholeNumber(first = 1, last = TimelineLimits.BUCKETS)
        @Nullable Integer buckets) {

  /**
   * The timeline that is asked for.
   *
   * @throws ProblemException if the range ends before it begins
   */
  TimelineRequest request() {
    boolean backwards =
        switch (from) {
          case LogPoint.AtPosition first ->
              to instanceof LogPoint.AtPosition last && last.position() < first.position();
          case LogPoint.AtInstant first ->
              to instanceof LogPoint.AtInstant last && last.instant().isBefore(first.instant());
          case null, default -> false;
        };
    if (backwards) {
      throw ProblemException.invalid(
          "to", LogPointText.of(to), "not before from, which is " + LogPointText.of(from));
    }
    return new TimelineRequest(
        from, to, axis(), buckets == null ? TimelineLimits.DEFAULT_BUCKETS : buckets);
  }

  private TimelineAxis axis() {
    if (by != null) {
      return by;
    }
    return from instanceof LogPoint.AtInstant || to instanceof LogPoint.AtInstant
        ? TimelineAxis.TIME
        : TimelineAxis.POSITION;
  }
}
