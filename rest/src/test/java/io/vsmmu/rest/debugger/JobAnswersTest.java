package io.vsmmu.rest.debugger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.job.Job;
import io.vsmmu.control.job.JobProgress;
import io.vsmmu.control.job.Jobs;
import io.vsmmu.rest.intake.ClientConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

class JobAnswersTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final Jobs jobs = new Jobs();
  private final JobAnswers answers = new JobAnswers(jobs);
  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @AfterEach
  void close() {
    jobs.close();
  }

  @Test
  void what_is_found_in_time_is_the_answer() throws Exception {
    ResponseEntity<Object> answer = answers.answer("find", request, _ -> "67");

    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
    assertThat(answer.getBody()).isEqualTo("67");
  }

  @Test
  void a_failure_in_time_is_thrown() {
    assertThatThrownBy(
            () ->
                answers.answer(
                    "find",
                    request,
                    _ -> {
                      throw new IllegalStateException("no log");
                    }))
        .hasMessage("no log");
  }

  @Test
  void what_takes_longer_is_a_job() throws Exception {
    ResponseEntity<Object> answer = answers.answer("find", request, JobAnswersTest::endless);

    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
    Job<?> job = job(answer);
    assertThat(job.state()).isEqualTo(Job.State.RUNNING);
    assertThat(answer.getBody()).isEqualTo(JobResource.of(job, null));
    job.cancel();
  }

  @Test
  void a_job_whose_client_closes_the_connection_is_cancelled() throws Exception {
    ClientConnection.watched(request, () -> true, _ -> {});

    ResponseEntity<Object> answer = answers.answer("find", request, JobAnswersTest::endless);

    Job<?> job = job(answer);
    assertThat(job.await(LONG)).isTrue();
    assertThat(job.state()).isEqualTo(Job.State.CANCELLED);
  }

  private Job<?> job(ResponseEntity<?> answer) {
    URI location = Objects.requireNonNull(answer.getHeaders().getLocation());
    assertThat(location.getPath()).startsWith("/api/v1/jobs/");
    return jobs.find(UUID.fromString(location.getPath().substring("/api/v1/jobs/".length())))
        .orElseThrow();
  }

  private static String endless(JobProgress progress) throws InterruptedException {
    while (true) {
      progress.stopIfCancelled();
      Thread.sleep(1);
    }
  }
}
