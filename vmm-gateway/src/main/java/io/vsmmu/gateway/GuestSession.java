package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Puts everything that happens to one vSMMU into one order. A stimulus is decided, made durable,
 * applied to the host, and its outcome reported, before the next one begins. Safe for any thread: a
 * posted stimulus is handled by the session's own thread ({@link SessionWorker}), a performed one
 * by the caller's, which spares the guest a change of threads.
 *
 * <p>The outcome of successful invalidations changes nothing but CMDQ_CONS, so it is recorded
 * together with the next submission: one durable write for a doorbell. Outcomes of configuration,
 * and every failure, are recorded at once, before the guest sees completion.
 *
 * <p>{@code lock} is held while a stimulus is handled, and guards {@link DecisionChain}, {@link
 * SliceGuard} and {@link LogRetry}. The log, the host and the observer are called under it; none of
 * them may submit to this session. It is fair: a guest that rings all the time must not keep an
 * operator waiting.
 */
public final class GuestSession implements AutoCloseable {

  /** How often a thread that waits for the lock looks whether the log is unavailable. */
  private static final long LOCK_POLL_MILLIS = 20;

  /**
   * How long a posted stimulus waits for the lock while a guest's access waits for a slow log; then
   * it fails. How long the end of the session waits likewise.
   */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

  private final String vsmmu;
  private final DecisionChain decisions;
  private final SliceGuard slices = new SliceGuard();
  private final LogRetry log;
  private final SessionWorker worker;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final AtomicBoolean closing = new AtomicBoolean();

  /** A session of a vSMMU that has no event yet. */
  public GuestSession(String vsmmu, DecisionLog log, HostApplier host, SessionLimits limits) {
    this(vsmmu, VsmmuState.ABSENT, log, host, limits);
  }

  /**
   * A session.
   *
   * @param known the state after the vSMMU's last event; the host holds it, or will with the first
   *     stimulus
   */
  public GuestSession(
      String vsmmu, VsmmuState known, DecisionLog log, HostApplier host, SessionLimits limits) {
    this.vsmmu = vsmmu;
    this.decisions = new DecisionChain(vsmmu, known, log, host);
    this.log = new LogRetry(vsmmu, decisions, limits.retryInterval(), closing, this::refuseWaiting);
    this.worker = new SessionWorker("vsmmu-" + vsmmu, new Worked(), limits, closing);
  }

  private void refuseWaiting(Throwable reason) {
    worker.refuseWaiting(reason);
  }

  /** The state that the guest may see now. */
  public VsmmuState visible() {
    return decisions.visible();
  }

  /** Replaces the observer, which is called for each change from now on. */
  public void observe(SessionObserver observer) {
    decisions.observe(observer);
  }

  /**
   * Posts a stimulus; waits while {@link SessionLimits#waiting()} others are in the queue.
   *
   * @param subject who requested it; empty for a guest
   * @return completes when the stimulus is durable and applied, and fails when it is not wholly so.
   *     After a slice of the command queue failed, the queue must be read again from the fetch
   *     index: slices that were posted before that fail too. Fails at once while the log is
   *     unavailable and when the session is closing
   */
  public CompletableFuture<Applied> post(Stimulus stimulus, String subject) {
    CompletableFuture<Applied> done = new CompletableFuture<>();
    PostedStimulus posted = new PostedStimulus(stimulus, subject, slices.generation(), done);
    Throwable unavailability = log.unavailability();
    if (closing.get() || unavailability != null) {
      worker.refuse(posted, unavailability);
    } else {
      worker.post(posted);
    }
    return done;
  }

  /** Posts a stimulus of a guest. Unlike a performed one it fails when the log is unavailable. */
  public CompletableFuture<Applied> post(Stimulus stimulus) {
    return post(stimulus, "");
  }

  /**
   * Handles a guest's stimulus on the caller's thread. The call lasts until the log contains the
   * stimulus, however long that takes; meanwhile requests of operators fail.
   *
   * @throws IllegalStateException when the session closes, or a slice is not what the fetch index
   *     demands
   * @throws StimulusRefusedException when the stimulus is refused; nothing has happened
   */
  public Applied perform(Stimulus stimulus) {
    lock.lock();
    try {
      if (closing.get()) {
        throw closed();
      }
      log.applyAgain();
      return handle(stimulus, slices.generation(), log::submit);
    } catch (RuntimeException | Error failed) {
      sliceFailed(stimulus);
      throw failed;
    } finally {
      lock.unlock();
      if (!decisions.isSettled()) {
        worker.attend();
      }
    }
  }

  /** Handles what was posted, records the pending outcome, and ends the session's thread. */
  @Override
  public void close() {
    closing.set(true);
    worker.awaitEnd();
  }

  private IllegalStateException closed() {
    return new IllegalStateException("session closed: " + vsmmu);
  }

  /** Handles a stimulus, and the remainder of a slice; under the lock. */
  private Applied handle(Stimulus stimulus, int generation, Function<Stimulus, Applied> submit) {
    if (stimulus instanceof ConsumeCommands slice) {
      slices.admit(slice, generation, decisions.known());
    }
    return DecisionLoop.submitWhole(stimulus, submit);
  }

  private void sliceFailed(Stimulus stimulus) {
    if (stimulus instanceof ConsumeCommands) {
      slices.failed();
    }
  }

  /** What the session's thread does. */
  private final class Worked implements SessionWorker.Session {

    @Override
    public Applied handlePosted(Stimulus stimulus, String subject, int generation) {
      lockUnlessUnavailable();
      try {
        decisions.applyAgain();
        return handle(stimulus, generation, next -> decisions.submit(next, subject));
      } catch (RuntimeException | Error failed) {
        sliceFailed(stimulus);
        throw failed;
      } finally {
        lock.unlock();
      }
    }

    /** The lock may be held by a guest's access that waits for an unavailable log. */
    private void lockUnlessUnavailable() {
      try {
        long begun = System.nanoTime();
        while (!lock.tryLock(LOCK_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          Throwable unavailability = log.unavailability();
          if (unavailability != null || System.nanoTime() - begun > LOCK_TIMEOUT.toNanos()) {
            throw new LogUnavailableException(
                "vSMMU %s: the log takes nothing now".formatted(vsmmu), unavailability);
          }
        }
      } catch (InterruptedException interrupted) {
        closing.set(true);
        throw closed();
      }
    }

    @Override
    public void recordOutcomeWhenIdle() {
      // A thread that holds the lock records the outcome with its own submission.
      if (lock.tryLock()) {
        recordOutcomeAndUnlock();
      }
    }

    @Override
    public boolean isSettled() {
      return decisions.isSettled();
    }

    @Override
    public void recordOutcomeAtEnd() {
      try {
        if (lock.tryLock(LOCK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          recordOutcomeAndUnlock();
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void recordOutcomeAndUnlock() {
      try {
        decisions.tryRecordOutcome();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public IllegalStateException closed() {
      return GuestSession.this.closed();
    }
  }
}
