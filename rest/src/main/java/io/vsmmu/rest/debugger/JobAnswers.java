package io.vsmmu.rest.debugger;

import io.vsmmu.control.job.Job;
import io.vsmmu.control.job.Jobs;
import io.vsmmu.control.job.Work;
import io.vsmmu.rest.intake.Client;
import io.vsmmu.rest.intake.ClientConnection;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Answers questions whose answer may take long: at once if it is found within {@link #WAIT}, else
 * with a job, for whose result the client asks.
 */
@Component
class JobAnswers {

  /** How long a request waits for the result of its job. */
  static final Duration WAIT = Duration.ofSeconds(2);

  /** How often it looks meanwhile whether its client still waits. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Jobs jobs;

  JobAnswers(Jobs jobs) {
    this.jobs = jobs;
  }

  /**
   * Starts a job and answers with status 200 and its result, or with 202 and the job. A job whose
   * client closes the connection is cancelled. The failure of a job is thrown, if it fails in time.
   *
   * @param kind the question, such as {@code find}
   * @param request whose body was read to its end
   * @param work gives the body of the answer
   */
  <T> ResponseEntity<Object> answer(String kind, HttpServletRequest request, Work<T> work)
      throws Exception {
    Job<T> job = jobs.start(Client.of(request), kind, work);
    long deadline = System.nanoTime() + WAIT.toNanos();
    boolean ended = job.await(LOOK);
    boolean waits = true;
    while (!ended && waits && System.nanoTime() - deadline < 0) {
      if (ClientConnection.isClosed(request)) {
        job.cancel();
        waits = false;
      }
      ended = waits && job.await(LOOK);
    }
    if (!ended) {
      return ResponseEntity.accepted()
          .location(URI.create("/api/v1/jobs/" + job.id()))
          .body(JobResource.of(job, null));
    }
    jobs.forget(job);
    Exception failure = job.failure();
    if (failure instanceof CancellationException) {
      throw ProblemException.plain(ProblemType.CONFLICT, "The job was cancelled");
    }
    if (failure != null) {
      throw failure;
    }
    return ResponseEntity.ok(job.result());
  }
}
