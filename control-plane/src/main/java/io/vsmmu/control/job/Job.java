package io.vsmmu.control.job;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits, runs or has ended. One thread runs it; any thread may read and cancel it.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>becomes</th><th>when</th></tr>
 * <tr><td>WAITING</td><td>RUNNING</td><td>a thread takes it</td></tr>
 * <tr><td>WAITING</td><td>CANCELLED</td><td>it was cancelled when a thread takes it</td></tr>
 * <tr><td>RUNNING</td><td>DONE</td><td>its work returns</td></tr>
 * <tr><td>RUNNING</td><td>CANCELLED</td><td>its work ends because it was cancelled</td></tr>
 * <tr><td>RUNNING</td><td>FAILED</td><td>its work throws anything else</td></tr>
 * </table>
 *
 * @param <T> type of its result
 */
public final class Job<T> {

  /** Whether the job runs, and how it ended. */
  public enum State {
    WAITING,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    /** Whether the job has ended. */
    public boolean ended() {
      return switch (this) {
        case WAITING, RUNNING -> false;
        case DONE, FAILED, CANCELLED -> true;
      };
    }
  }

  private final UUID id = UUID.randomUUID();
  private final String client;
  private final String kind;
  private final Work<T> work;
  private final JobProgress progress;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile State state = State.WAITING;
  private volatile @Nullable T result;
  private volatile @Nullable Exception failure;

  Job(String client, String kind, Work<T> work, JobProgress progress) {
    this.client = client;
    this.kind = kind;
    this.work = work;
    this.progress = progress;
  }

  public UUID id() {
    return id;
  }

  /** The client that asked, as it is counted. */
  public String client() {
    return client;
  }

  /** The question that it answers, such as {@code find}. */
  public String kind() {
    return kind;
  }

  public State state() {
    return state;
  }

  /** Events that were read so far. */
  public long done() {
    return progress.done();
  }

  /** Events to read; 0 while that is unknown. */
  public long total() {
    return progress.total();
  }

  /** The result; null unless it is {@link State#DONE}. */
  public @Nullable T result() {
    return result;
  }

  /** Why it failed or was cancelled; null otherwise. */
  public @Nullable Exception failure() {
    return failure;
  }

  /**
   * Asks the work to end; it does at the next event that it reads. A job that has ended stays as it
   * is.
   */
  public void cancel() {
    progress.cancel();
  }

  /** Notes that a client still waits for the job, see {@link JobLimits#UNASKED}. */
  public void asked() {
    progress.asked();
  }

  /**
   * Waits until the job has ended.
   *
   * @return false if the time expired first
   */
  public boolean await(Duration most) throws InterruptedException {
    return ended.await(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Does the work. Nothing that it throws leaves this method, except errors of the JVM. */
  void run() {
    try {
      progress.stopIfCancelled();
      state = State.RUNNING;
      result = work.run(progress);
      state = State.DONE;
    } catch (CancellationException cancelled) {
      failure = cancelled;
      state = State.CANCELLED;
    } catch (InterruptedException shutdown) {
      Thread.currentThread().interrupt();
      failure = shutdown;
      state = State.CANCELLED;
    } catch (Exception failed) {
      failure = failed;
      state = State.FAILED;
    } catch (Error fatal) {
      failure = new IllegalStateException("The work ended with " + fatal, fatal);
      state = State.FAILED;
      throw fatal;
    } finally {
      ended.countDown();
    }
  }
}
