package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.timeline.TimelineLimits;
import io.vsmmu.debugger.timeline.TimelineRequest;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /vsmmus/{name}/timeline/streams}. */
record StreamLivesQuery(
    @Parameter(
            description =
                "First position, bookmark or instant, inclusive; by default the first event")
        @Nullable GivenPoint from,
    @Parameter(
            description =
                "Last position, bookmark or instant, inclusive; by default the newest event")
        @Nullable GivenPoint to,
    @Parameter(
            description = "Most parts of each life that begin in the range, 1 to 1000",
            schema = @Schema(defaultValue = "100"))
        @WholeNumber(first = 1, last = TimelineLimits.BUCKETS)
        @Nullable Integer parts) {

  /**
   * The range, with the number of parts as that of buckets.
   *
   * @throws ProblemException if the range ends before it begins
   */
  TimelineRequest range(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    return new TimelineQuery(from, to, null, parts).request(directory, vsmmu);
  }
}
