package io.vsmmu.control.job;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Runs long work on {@link JobLimits#RUNNING} threads of its own, in the order in which it was
 * asked for, and keeps the results. Thread-safe.
 */
public final class Jobs implements AutoCloseable {

  private final LongSupplier clock;
  private final Map<UUID, Job<?>> jobs = new LinkedHashMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          JobLimits.RUNNING,
          JobLimits.RUNNING,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(JobLimits.WAITING),
          Thread.ofPlatform().daemon().name("job-", 0).factory());

  public Jobs() {
    this(System::nanoTime);
  }

  /**
   * @param clock as {@link System#nanoTime}
   */
  Jobs(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Starts work, or lets it wait.
   *
   * @param kind the question that it answers, such as {@code find}
   * @throws RequestRefusedException {@link Kind#EXHAUSTED} if {@link JobLimits#WAITING} others wait
   */
  public <T> Job<T> start(String kind, Work<T> work) {
    Job<T> job = new Job<>(kind, work, new JobProgress(clock));
    keep(job);
    try {
      threads.execute(job::run);
    } catch (RejectedExecutionException full) {
      forget(job);
      throw new RequestRefusedException(
          Kind.EXHAUSTED,
          List.of(
              new Problem(
                  "jobs",
                  "%d run and %d wait".formatted(JobLimits.RUNNING, JobLimits.WAITING),
                  "",
                  "ask again when one of them has ended, or cancel one with DELETE"
                      + " /api/v1/jobs/{id}")));
    }
    return job;
  }

  /** A job that waits or runs, or whose result is still kept. */
  public synchronized Optional<Job<?>> find(UUID id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Forgets a job whose result its client has received. */
  public synchronized void forget(Job<?> job) {
    jobs.remove(job.id());
  }

  private synchronized void keep(Job<?> job) {
    jobs.put(job.id(), job);
    List<UUID> ended =
        jobs.values().stream().filter(it -> it.state().ended()).map(Job::id).toList();
    ended.subList(0, Math.max(0, ended.size() - JobLimits.KEPT)).forEach(jobs::remove);
  }

  /** Cancels all jobs; those that wait are never run. */
  @Override
  public void close() {
    synchronized (this) {
      jobs.values().forEach(Job::cancel);
    }
    threads.shutdownNow();
  }
}
