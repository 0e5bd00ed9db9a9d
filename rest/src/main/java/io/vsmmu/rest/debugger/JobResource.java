package io.vsmmu.rest.debugger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.job.Job;
import io.vsmmu.rest.problem.ProblemResource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job", description = "A question that takes long, and its answer")
record JobResource(
    String id,
    @Schema(description = "The question, such as find") String kind,
    @Schema(description = "waiting, running, done, failed or cancelled") String state,
    @Schema(description = "Events that were read") long done,
    @Schema(description = "Events to read; 0 while that is unknown") long total,
    @Nullable
        @Schema(description = "If it is done: what the question's own path would have answered")
        Object result,
    @Nullable @Schema(description = "If it failed") ProblemResource problem) {

  /**
   * @param problem why it failed; null otherwise
   */
  static JobResource of(Job<?> job, @Nullable ProblemResource problem) {
    // Read first, because the result is there when the state says so.
    Job.State state = job.state();
    return new JobResource(
        job.id().toString(),
        job.kind(),
        state.name().toLowerCase(Locale.ROOT),
        job.done(),
        job.total(),
        state == Job.State.DONE ? job.result() : null,
        problem);
  }
}
