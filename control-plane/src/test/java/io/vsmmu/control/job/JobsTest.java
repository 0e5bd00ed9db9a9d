package io.vsmmu.control.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.request.RequestRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private static final String CLIENT = "someone";

  private final AtomicLong clock = new AtomicLong();
  private final Jobs jobs = new Jobs(clock::get);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    jobs.close();
  }

  @Test
  void a_job_has_its_result_and_its_progress_when_it_is_done() throws InterruptedException {
    Job<String> job =
        jobs.start(
            CLIENT,
            "find",
            progress -> {
              progress.total(3);
              progress.advance(1);
              progress.advance(2);
              return "67";
            });

    assertThat(job.await(LONG)).isTrue();
    assertThat(job.state()).isEqualTo(Job.State.DONE);
    assertThat(job.result()).isEqualTo("67");
    assertThat(job.done()).isEqualTo(3);
    assertThat(job.total()).isEqualTo(3);
    assertThat(jobs.find(job.id())).containsSame(job);
  }

  @Test
  void a_job_that_throws_keeps_the_reason() throws InterruptedException {
    Job<String> job =
        jobs.start(
            CLIENT,
            "find",
            _ -> {
              throw new IllegalStateException("no log");
            });

    assertThat(job.await(LONG)).isTrue();
    assertThat(job.state()).isEqualTo(Job.State.FAILED);
    assertThat(job.failure()).hasMessage("no log");
  }

  @Test
  void a_job_that_ends_with_an_error_of_the_virtual_machine_failed_and_leaves_its_place()
      throws InterruptedException {
    for (int i = 0; i <= JobLimits.RUNNING; i++) {
      Job<String> job =
          jobs.start(
              client(i),
              "find",
              _ -> {
                throw new StackOverflowError();
              });

      assertThat(job.await(LONG)).isTrue();
      assertThat(job.state()).isEqualTo(Job.State.FAILED);
      assertThat(job.failure()).hasMessageContaining("StackOverflowError");
    }
  }

  @Test
  void a_cancelled_job_ends_at_its_next_event() throws InterruptedException {
    Job<String> job = jobs.start(CLIENT, "find", this::endless);

    job.cancel();

    assertThat(job.await(LONG)).isTrue();
    assertThat(job.state()).isEqualTo(Job.State.CANCELLED);
    assertThat(job.result()).isNull();
  }

  @Test
  void a_job_for_which_no_client_asks_is_cancelled() throws InterruptedException {
    Job<String> asked = jobs.start(CLIENT, "find", this::endless);
    Job<String> forgotten = jobs.start(CLIENT, "find", this::endless);

    clock.addAndGet(JobLimits.UNASKED.toNanos());
    asked.asked();
    clock.addAndGet(1);

    assertThat(forgotten.await(LONG)).isTrue();
    assertThat(forgotten.state()).isEqualTo(Job.State.CANCELLED);
    assertThat(asked.state().ended()).isFalse();
    asked.cancel();
  }

  @Test
  void jobs_beyond_the_limits_are_refused_and_the_others_are_done_when_there_is_room()
      throws InterruptedException {
    List<Job<Integer>> all = new ArrayList<>();
    for (int i = 0; i < JobLimits.RUNNING + JobLimits.WAITING; i++) {
      int number = i;
      all.add(
          jobs.start(
              client(i),
              "find",
              _ -> {
                gate.await();
                return number;
              }));
    }

    assertThatThrownBy(() -> jobs.start(CLIENT, "find", _ -> 0))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            refused ->
                assertThat(refused.kind()).isEqualTo(RequestRefusedException.Kind.EXHAUSTED));
    gate.countDown();
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).await(LONG)).isTrue();
      assertThat(all.get(i).result()).isEqualTo(i);
    }
  }

  /** As many clients as are needed for all threads and all places to wait. */
  private static String client(int job) {
    return "client " + job % (JobLimits.WAITING / JobLimits.WAITING_OF_CLIENT + 1);
  }

  @Test
  void a_client_with_many_long_jobs_keeps_those_of_another_one_waiting_for_none_of_them()
      throws InterruptedException {
    List<Job<String>> many = new ArrayList<>();
    for (int i = 0; i < JobLimits.RUNNING_OF_CLIENT + JobLimits.WAITING_OF_CLIENT; i++) {
      many.add(jobs.start("busy", "find", this::endless));
    }

    assertThatThrownBy(() -> jobs.start("busy", "find", _ -> 0))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            refused ->
                assertThat(refused.kind()).isEqualTo(RequestRefusedException.Kind.EXHAUSTED));
    Job<String> other = jobs.start(CLIENT, "find", _ -> "67");

    assertThat(other.await(LONG)).isTrue();
    assertThat(other.result()).isEqualTo("67");
    assertThat(many).noneMatch(it -> it.state().ended());
    many.forEach(Job::cancel);
    for (Job<String> job : many) {
      assertThat(job.await(LONG)).isTrue();
    }
  }

  @Test
  void a_waiting_job_that_is_cancelled_never_runs() throws InterruptedException {
    List<Job<String>> running = new ArrayList<>();
    for (int i = 0; i < JobLimits.RUNNING; i++) {
      running.add(jobs.start(client(i), "find", this::endless));
    }
    AtomicLong runs = new AtomicLong();
    Job<Long> waiting = jobs.start(CLIENT, "find", _ -> runs.incrementAndGet());

    waiting.cancel();
    running.forEach(Job::cancel);

    assertThat(waiting.await(LONG)).isTrue();
    assertThat(waiting.state()).isEqualTo(Job.State.CANCELLED);
    assertThat(runs).hasValue(0);
  }

  @Test
  void the_oldest_ended_jobs_are_forgotten() throws InterruptedException {
    Job<Integer> oldest = jobs.start(CLIENT, "find", _ -> 0);
    assertThat(oldest.await(LONG)).isTrue();

    for (int i = 0; i <= JobLimits.KEPT; i++) {
      assertThat(jobs.start(CLIENT, "find", _ -> 0).await(LONG)).isTrue();
    }

    assertThat(jobs.find(oldest.id())).isEmpty();
  }

  private String endless(JobProgress progress) throws InterruptedException {
    while (true) {
      progress.stopIfCancelled();
      Thread.sleep(1);
    }
  }
}
