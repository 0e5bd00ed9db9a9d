package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.job.Job;
import io.vsmmu.control.job.JobLimits;
import io.vsmmu.control.job.Jobs;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.Role;
import io.vsmmu.rest.intake.Client;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.UUID;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Questions that take long: {@code /jobs}. */
@RestController
@RequestMapping(path = "/api/v1/jobs", produces = "application/json")
@Tag(name = "Jobs")
class JobController {

  /** How long a cancellation waits for the job to end. */
  private static final Duration END_WAIT = Duration.ofSeconds(1);

  private final Jobs jobs;

  JobController(Jobs jobs) {
    this.jobs = jobs;
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getJob",
      summary = "How far a job is, or its result",
      description =
          "A job for which no client asks for 2 minutes is cancelled. The newest 64 that ended are"
              + " kept until the service ends.")
  JobResource get(@PathVariable String id, HttpServletRequest request) {
    Job<?> job = find(id, Role.VIEWER, request);
    job.asked();
    return resource(job, request);
  }

  @DeleteMapping("/{id}")
  @Operation(
      operationId = "cancelJob",
      summary = "Cancels a job",
      description =
          "One's own, or, as an operator for all VMs, any. The answer is its outcome. A job that"
              + " has ended stays as it is.")
  @ApiResponse(responseCode = "200", description = "It is cancelled, or had ended")
  JobResource cancel(@PathVariable String id, HttpServletRequest request)
      throws InterruptedException {
    Job<?> job = find(id, Role.OPERATOR, request);
    job.cancel();
    job.await(END_WAIT);
    return resource(job, request);
  }

  private static JobResource resource(Job<?> job, HttpServletRequest request) {
    Exception failure = job.failure();
    return JobResource.of(
        job,
        job.state() == Job.State.FAILED && failure != null
            ? Problems.problem(failure, request)
            : null);
  }

  /**
   * A job of the client itself, or of another one.
   *
   * @param ofOthers the role with which a client that may see all VMs finds those of others
   */
  private Job<?> find(String id, Role ofOthers, HttpServletRequest request) {
    try {
      UUID uuid = UUID.fromString(id);
      if (uuid.toString().equalsIgnoreCase(id)) {
        Caller caller = Caller.current();
        boolean all = caller.scope().unlimited() && caller.role().includes(ofOthers);
        return jobs.find(uuid)
            .filter(job -> all || job.client().equals(Client.of(request)))
            .orElseThrow(() -> unknown(id));
      }
    } catch (IllegalArgumentException malformed) {
      throw unknown(id);
    }
    throw unknown(id);
  }

  private static ProblemException unknown(String id) {
    return ProblemException.of(
        ProblemType.NOT_FOUND,
        "id",
        id,
        "id of a job that waits or runs, or of one of the newest %d that ended since the service was started"
            .formatted(JobLimits.KEPT));
  }
}
