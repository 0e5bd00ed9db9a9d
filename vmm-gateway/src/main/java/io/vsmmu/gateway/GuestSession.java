package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.model.SliceRemainder;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that happens to one vSMMU goes through its session, one after the other: decide, make
 * durable, apply to the host, report. Safe for any thread: what is posted is handled by the
 * session's own, what is performed by the caller's, which spares the guest a change of threads.
 *
 * <p>The outcome of successful invalidations changes nothing but CMDQ_CONS, so it travels with the
 * next submission: one durable write a doorbell. Outcomes of configuration and every failure are
 * written at once, before the guest sees completion.
 */
public final class GuestSession implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(GuestSession.class.getName());

  /** How long who posts to a full session sleeps before looking whether it has ended. */
  private static final long FULL_WAIT_MILLIS = 100;

  /** How long the session's thread waits for its turn before it looks whether the log is away. */
  private static final long TURN_WAIT_MILLIS = 20;

  /**
   * Times in a row that a log may fail to take a guest's stimulus and be read all the same; then it
   * counts as away. One that says that it is busy does not fail.
   */
  private static final int MOST_FAILURES = 1;

  /** How long an operator's request waits for a guest whose access the log takes its time with. */
  private static final Duration OPERATOR_WAIT = Duration.ofSeconds(5);

  /** Wakes the worker when the session closes. */
  private static final Posted WAKE =
      new Posted(new Stimulus.Pause(), "", 0, new CompletableFuture<>());

  private final String vsmmu;
  private final SessionLimits limits;
  private final DecisionChain decisions;
  private final Coalescing coalescing;
  private final BlockingQueue<Posted> waiting;
  private final SliceGuard slices = new SliceGuard();

  private final Thread worker;

  /** Held by whoever handles a stimulus; guards {@link #decisions} and {@link #slices}. */
  private final ReentrantLock turn = new ReentrantLock(true);

  private volatile boolean closing;
  private volatile boolean ended;

  /** Why the log takes nothing at the moment; operators' requests fail with it. */
  private volatile @Nullable Throwable away;

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
    this.limits = limits;
    this.decisions = new DecisionChain(vsmmu, known, log, host);
    this.coalescing = new Coalescing(limits.coalescedEntries());
    this.waiting = new ArrayBlockingQueue<>(limits.waiting());
    this.worker = Thread.ofVirtual().name("vsmmu-" + vsmmu).start(this::work);
  }

  /** What the guest may see now. */
  public VsmmuState visible() {
    return decisions.visible();
  }

  /** From now on {@code observer} sees what happens, and nobody else. */
  public void observe(SessionObserver observer) {
    decisions.observe(observer);
  }

  /**
   * Posts a stimulus; waits while {@link SessionLimits#waiting()} others do.
   *
   * @param subject who asked; empty for a guest
   * @return completes when it is durable and applied; fails when it is not wholly so. After a slice
   *     of the command queue failed, the queue is to be read again from the fetch index: slices
   *     that were posted before that fail too
   */
  public CompletableFuture<Applied> post(Stimulus stimulus, String subject) {
    CompletableFuture<Applied> done = new CompletableFuture<>();
    Posted posted = new Posted(stimulus, subject, slices.generation(), done);
    Throwable notNow = away;
    if (closing || notNow != null) {
      refuse(posted, notNow);
      return done;
    }
    try {
      while (!waiting.offer(posted, FULL_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        if (ended) {
          refuse(posted, null);
          return done;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      done.completeExceptionally(interrupted);
    }
    if (ended) {
      refuseWaiting(null);
    }
    return done;
  }

  /** Posts a guest's stimulus that fails when the log takes nothing. */
  public CompletableFuture<Applied> post(Stimulus stimulus) {
    return post(stimulus, "");
  }

  /**
   * Handles a guest's stimulus on the caller's thread. It is held until the log takes it, however
   * long that is; meanwhile operators' requests fail.
   *
   * @throws IllegalStateException when the session closes, or a slice is not what the fetch index
   *     asks for
   * @throws StimulusRefusedException when the stimulus makes no sense; nothing happened
   */
  public Applied perform(Stimulus stimulus) {
    turn.lock();
    try {
      if (closing) {
        throw closed();
      }
      awaitSettled();
      if (stimulus instanceof ConsumeCommands slice) {
        slices.admit(slice, slices.generation(), decisions.known());
      }
      return handle(stimulus, this::onceTheLogTakesIt);
    } catch (RuntimeException | Error failed) {
      if (stimulus instanceof ConsumeCommands) {
        slices.failed();
      }
      throw failed;
    } finally {
      turn.unlock();
    }
  }

  /** Finishes what waits, writes what is owed, and ends. */
  @Override
  public void close() {
    closing = true;
    // A full queue needs no waking.
    waiting.offer(WAKE);
    try {
      worker.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    List<Posted> batch = new ArrayList<>();
    while (!closing || !waiting.isEmpty()) {
      try {
        Posted first = waiting.poll(limits.outcomeDelay().toNanos(), TimeUnit.NANOSECONDS);
        if (first == null) {
          payWhenIdle();
          continue;
        }
        batch.clear();
        batch.add(first);
        waiting.drainTo(batch);
        batch.removeIf(WAKE::equals);
        coalescing.group(batch).forEach(this::process);
      } catch (InterruptedException interrupted) {
        closing = true;
      }
    }
    payAtTheEnd();
    ended = true;
    refuseWaiting(null);
  }

  /** Not for ever: whoever has the turn may wait for a database that does not answer. */
  private void payAtTheEnd() {
    try {
      if (turn.tryLock(OPERATOR_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          decisions.tryToPay();
        } finally {
          turn.unlock();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whoever has the turn pays with what it writes. */
  private void payWhenIdle() {
    if (turn.tryLock()) {
      try {
        decisions.tryToPay();
      } finally {
        turn.unlock();
      }
    }
  }

  private void refuseWaiting(@Nullable Throwable reason) {
    List<Posted> late = new ArrayList<>();
    waiting.drainTo(late);
    if (late.removeIf(WAKE::equals)) {
      waiting.offer(WAKE);
    }
    late.forEach(posted -> refuse(posted, reason));
  }

  private void refuse(Posted posted, @Nullable Throwable reason) {
    posted.done().completeExceptionally(reason != null ? reason : closed());
  }

  private IllegalStateException closed() {
    return new IllegalStateException("session closed: " + vsmmu);
  }

  private void process(Coalescing.Group group) {
    try {
      Applied applied = processed(group);
      group.members().forEach(posted -> posted.done().complete(applied));
    } catch (RuntimeException | Error failed) {
      group.members().forEach(posted -> posted.done().completeExceptionally(failed));
    }
  }

  private Applied processed(Coalescing.Group group) {
    Stimulus stimulus = group.stimulus();
    awaitTurn();
    try {
      decisions.settle();
      if (stimulus instanceof ConsumeCommands slice) {
        slices.admit(slice, group.generation(), decisions.known());
      }
      return handle(stimulus, next -> decisions.once(next, group.subject()));
    } catch (RuntimeException | Error failed) {
      if (stimulus instanceof ConsumeCommands) {
        slices.failed();
      }
      throw failed;
    } finally {
      turn.unlock();
    }
  }

  /** Takes the turn, unless a guest's stimulus is held for a log that is away. */
  private void awaitTurn() {
    try {
      long begun = System.nanoTime();
      while (!turn.tryLock(TURN_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        Throwable notNow = away;
        if (notNow != null || System.nanoTime() - begun > OPERATOR_WAIT.toNanos()) {
          throw new LogUnavailableException(
              "vSMMU %s: the log takes nothing now".formatted(vsmmu), notNow);
        }
      }
    } catch (InterruptedException interrupted) {
      closing = true;
      throw closed();
    }
  }

  private Applied handle(Stimulus stimulus, Function<Stimulus, Applied> once) {
    Applied applied = once.apply(stimulus);
    Optional<ConsumeCommands> rest = rest(stimulus, applied);
    while (rest.isPresent()) {
      applied = once.apply(rest.get());
      rest = rest(rest.get(), applied);
    }
    return applied;
  }

  private Applied onceTheLogTakesIt(Stimulus stimulus) {
    int failures = 0;
    while (true) {
      try {
        Applied applied = decisions.once(stimulus, "");
        isThere();
        return applied;
      } catch (StimulusRefusedException refused) {
        isThere();
        throw refused;
      } catch (RuntimeException notNow) {
        failures += decisions.busy(notNow) ? 0 : 1;
        if (failures > MOST_FAILURES) {
          becomesAway(notNow);
          pauseBeforeAsking();
        }
        // Nothing else was in doubt before: what the log turns out to hold is this.
        Optional<Applied> written = awaitSettled();
        if (written.isPresent()) {
          isThere();
          return written.get();
        }
      }
    }
  }

  /** Asks the log again and again what it holds. */
  private Optional<Applied> awaitSettled() {
    while (true) {
      try {
        return decisions.settle();
      } catch (RuntimeException notYet) {
        becomesAway(notYet);
        pauseBeforeAsking();
      }
    }
  }

  /** Only what it takes shows that: a log that can be read may still take nothing. */
  private void isThere() {
    if (away != null) {
      LOGGER.log(Level.INFO, "the log of {0} answers again", vsmmu);
      away = null;
    }
  }

  private void becomesAway(Throwable reason) {
    if (away == null) {
      LOGGER.log(Level.WARNING, "the log takes nothing of {0}: {1}", vsmmu, reason);
    }
    away = reason;
    refuseWaiting(reason);
  }

  private void pauseBeforeAsking() {
    if (closing) {
      throw new IllegalStateException("session closed while the log was away: " + vsmmu);
    }
    try {
      Thread.sleep(limits.askAgain());
    } catch (InterruptedException interrupted) {
      closing = true;
    }
  }

  /** What a slice left over, unless the host's outcome stopped the queue. */
  private static Optional<ConsumeCommands> rest(Stimulus stimulus, Applied applied) {
    boolean stopped =
        applied
            .reported()
            .map(reported -> SliceRemainder.stopsQueue(reported.events()))
            .orElse(false);
    return stopped ? Optional.empty() : SliceRemainder.of(stimulus, applied.decided().events());
  }
}
