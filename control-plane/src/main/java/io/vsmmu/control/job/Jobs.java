package io.vsmmu.control.job;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.problem.Problem;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs long work on {@link JobLimits#RUNNING} threads of its own and keeps the results. The jobs of
 * one client are run in the order in which it asked for them; of several clients that wait, the one
 * of which the fewest run is next. Thread-safe.
 */
public final class Jobs implements AutoCloseable {

  private final LongSupplier clock;
  private final Map<UUID, Job<?>> jobs = new LinkedHashMap<>();
  private final Deque<Job<?>> waiting = new ArrayDeque<>();

  /** By client, of those of which any run. */
  private final Map<String, Integer> running = new HashMap<>();

  private boolean closed;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          JobLimits.RUNNING, Thread.ofPlatform().daemon().name("job-", 0).factory());

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
   * @param client who asks; the limits hold for each client
   * @param kind the question that it answers, such as {@code find}
   * @throws RequestRefusedException {@link Kind#EXHAUSTED} if {@link JobLimits#WAITING} others
   *     wait, or {@link JobLimits#WAITING_OF_CLIENT} of the client
   */
  public synchronized <T> Job<T> start(String client, String kind, Work<T> work) {
    long own = waiting.stream().filter(it -> it.client().equals(client)).count();
    if (closed || own >= JobLimits.WAITING_OF_CLIENT || waiting.size() >= JobLimits.WAITING) {
      throw refused(own);
    }
    Job<T> job = new Job<>(client, kind, work, new JobProgress(clock));
    keep(job);
    waiting.add(job);
    startNext();
    return job;
  }

  private RequestRefusedException refused(long own) {
    return new RequestRefusedException(
        Kind.EXHAUSTED,
        List.of(
            new Problem(
                "jobs",
                "%d run and %d wait, %d of them of this client"
                    .formatted(allRunning(), waiting.size(), own),
                "at most %d that wait, %d of one client"
                    .formatted(JobLimits.WAITING, JobLimits.WAITING_OF_CLIENT),
                "ask again when one of them has ended, or cancel one with DELETE"
                    + " /api/v1/jobs/{id}")));
  }

  /** Gives free threads the jobs that are next. */
  private synchronized void startNext() {
    for (Job<?> next = next(); !closed && next != null; next = next()) {
      waiting.remove(next);
      running.merge(next.client(), 1, Integer::sum);
      Job<?> job = next;
      threads.execute(
          () -> {
            try {
              job.run();
            } finally {
              ended(job.client());
            }
          });
    }
  }

  private synchronized void ended(String client) {
    running.computeIfPresent(client, (_, count) -> count == 1 ? null : count - 1);
    startNext();
  }

  /** The job that is run next; null if none waits or none may run. */
  private @Nullable Job<?> next() {
    if (allRunning() >= JobLimits.RUNNING) {
      return null;
    }
    return waiting.stream()
        .filter(it -> runningOf(it.client()) < JobLimits.RUNNING_OF_CLIENT)
        .min(Comparator.comparingInt(it -> runningOf(it.client())))
        .orElse(null);
  }

  private int allRunning() {
    return running.values().stream().mapToInt(Integer::intValue).sum();
  }

  private int runningOf(String client) {
    return running.getOrDefault(client, 0);
  }

  /** A job that waits or runs, or whose result is still kept. */
  public synchronized Optional<Job<?>> find(UUID id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Forgets a job whose result its client has received. */
  public synchronized void forget(Job<?> job) {
    jobs.remove(job.id());
  }

  private void keep(Job<?> job) {
    jobs.put(job.id(), job);
    List<UUID> ended =
        jobs.values().stream().filter(it -> it.state().ended()).map(Job::id).toList();
    ended.subList(0, Math.max(0, ended.size() - JobLimits.KEPT)).forEach(jobs::remove);
  }

  /** Cancels all jobs; those that wait are never run. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      jobs.values().forEach(Job::cancel);
    }
    threads.shutdownNow();
  }
}
