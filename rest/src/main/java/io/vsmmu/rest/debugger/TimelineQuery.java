package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.timeline.TimelineAxis;
import io.vsmmu.debugger.timeline.TimelineLimits;
import io.vsmmu.debugger.timeline.TimelineRequest;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /vsmmus/{name}/timeline}. */
record TimelineQuery(
    @Parameter(
            description =
                "First position, bookmark or instant, inclusive; by default the first event")
        @Nullable GivenPoint from,
    @Parameter(
            description =
                "Last position, bookmark or instant, inclusive; by default the newest event")
        @Nullable GivenPoint to,
    @Parameter(
            description =
                "What the buckets are equal parts of: position or time; by default time if from or"
                    + " to is an instant, else position")
        @Nullable TimelineAxis by,
    @Parameter(description = "Most buckets, 1 to 1000", schema = @Schema(defaultValue = "100"))
        @WholeNumber(first = 1, last = TimelineLimits.BUCKETS)
        @Nullable Integer buckets) {

  /**
   * The timeline of a vSMMU that is asked for.
   *
   * @throws ProblemException if the range ends before it begins
   */
  TimelineRequest request(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    LogPoint first = directory.point(vsmmu, "from", from);
    LogPoint last = directory.point(vsmmu, "to", to);
    boolean backwards =
        switch (first) {
          case LogPoint.AtPosition it ->
              last instanceof LogPoint.AtPosition end && end.position() < it.position();
          case LogPoint.AtInstant it ->
              last instanceof LogPoint.AtInstant end && end.instant().isBefore(it.instant());
          case null, default -> false;
        };
    if (backwards) {
      throw ProblemException.invalid(
          "to", LogPointText.of(last), "not before from, which is " + LogPointText.of(first));
    }
    return new TimelineRequest(
        first, last, axis(), buckets == null ? TimelineLimits.DEFAULT_BUCKETS : buckets);
  }

  private TimelineAxis axis() {
    if (by != null) {
      return by;
    }
    return from instanceof GivenPoint.AtInstant || to instanceof GivenPoint.AtInstant
        ? TimelineAxis.TIME
        : TimelineAxis.POSITION;
  }
}
