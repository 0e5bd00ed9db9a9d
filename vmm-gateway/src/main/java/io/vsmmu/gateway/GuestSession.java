package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.model.SliceRemainder;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything that happens to one vSMMU goes through its session, one after the other: decide, make
 * durable, apply to the host, report. One thread a session; safe for posting from any thread.
 *
 * <p>The outcome of successful invalidations changes nothing but CMDQ_CONS, so it travels with the
 * next submission: one durable write a doorbell. Outcomes of configuration and every failure are
 * written at once, before the guest sees completion.
 */
public final class GuestSession implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(GuestSession.class.getName());

  /** How long who posts to a full session sleeps before looking whether it has ended. */
  private static final long FULL_WAIT_MILLIS = 100;

  /** Wakes the worker when the session closes. */
  private static final Posted WAKE =
      new Posted(new Stimulus.Pause(), "", 0, new CompletableFuture<>());

  private final String vsmmu;
  private final StimulusGate log;
  private final HostGate host;
  private final SessionLimits limits;
  private final Coalescing coalescing;
  private final BlockingQueue<Posted> waiting;
  private final SliceGuard slices = new SliceGuard();
  private final Thread worker;
  private volatile boolean closing;
  private volatile boolean ended;

  /** After the last decision that is known to be in the log and applied. */
  private VsmmuState known;

  /** Whether the log may hold more than {@link #known}. */
  private boolean doubtful;

  private @Nullable ReportHostOutcome owed;
  private boolean warned;

  /** A session of a vSMMU that has no event yet. */
  public GuestSession(String vsmmu, StimulusGate log, HostGate host, SessionLimits limits) {
    this(vsmmu, VsmmuState.ABSENT, log, host, limits);
  }

  /**
   * A session.
   *
   * @param known the state after the vSMMU's last event; the host holds it, or will with the first
   *     stimulus
   */
  public GuestSession(
      String vsmmu, VsmmuState known, StimulusGate log, HostGate host, SessionLimits limits) {
    this.vsmmu = vsmmu;
    this.known = known;
    this.log = log;
    this.host = host;
    this.limits = limits;
    this.coalescing = new Coalescing(limits.coalescedEntries());
    this.waiting = new ArrayBlockingQueue<>(limits.waiting());
    this.worker = Thread.ofVirtual().name("vsmmu-" + vsmmu).start(this::work);
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
    if (closing) {
      refuse(posted);
      return done;
    }
    try {
      while (!waiting.offer(posted, FULL_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        if (ended) {
          refuse(posted);
          return done;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      done.completeExceptionally(interrupted);
    }
    if (ended) {
      refuseWaiting();
    }
    return done;
  }

  /** Posts a guest's stimulus. */
  public CompletableFuture<Applied> post(Stimulus stimulus) {
    return post(stimulus, "");
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
          tryToPay();
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
    tryToPay();
    ended = true;
    refuseWaiting();
  }

  private void refuseWaiting() {
    List<Posted> late = new ArrayList<>();
    waiting.drainTo(late);
    late.removeIf(WAKE::equals);
    late.forEach(this::refuse);
  }

  private void refuse(Posted posted) {
    posted.done().completeExceptionally(new IllegalStateException("session closed: " + vsmmu));
  }

  private void process(Coalescing.Group group) {
    Stimulus stimulus = group.stimulus();
    try {
      settle();
      if (stimulus instanceof ConsumeCommands slice) {
        slices.admit(slice, group.generation(), known);
      }
      Applied applied = handle(stimulus, group.subject());
      group.members().forEach(posted -> posted.done().complete(applied));
    } catch (RuntimeException | Error failed) {
      if (stimulus instanceof ConsumeCommands) {
        slices.failed();
      }
      group.members().forEach(posted -> posted.done().completeExceptionally(failed));
    }
  }

  private Applied handle(Stimulus stimulus, String subject) {
    Applied applied = once(stimulus, subject);
    Optional<ConsumeCommands> rest = rest(stimulus, applied);
    while (rest.isPresent()) {
      applied = once(rest.get(), subject);
      rest = rest(rest.get(), applied);
    }
    return applied;
  }

  private Applied once(Stimulus stimulus, String subject) {
    settle();
    ReportHostOutcome before = owed;
    if (before == null || !subject.isEmpty() || !succeeded(before)) {
      pay();
      before = null;
    }
    Submission submission =
        submit(before == null ? List.of(stimulus) : List.of(before, stimulus), subject);
    owed = null;
    return apply(submission.last());
  }

  /** Applies what is in the log; its outcome is written, or owed. */
  private Applied apply(Decided decided) {
    doubtful = true;
    Optional<ReportHostOutcome> outcome = host.apply(decided);
    doubtful = false;
    known = decided.after();
    owed = outcome.orElse(null);
    if (outcome.isEmpty() || mayWait(decided, outcome.get())) {
      return new Applied(decided, outcome, Optional.empty());
    }
    return new Applied(decided, outcome, tryToPay());
  }

  private Submission submit(List<Stimulus> stimuli, String subject) {
    try {
      return log.submit(vsmmu, stimuli, subject);
    } catch (StimulusRefusedException nothingHappened) {
      throw nothingHappened;
    } catch (RuntimeException | Error unconfirmed) {
      doubtful = true;
      throw unconfirmed;
    }
  }

  /**
   * Finds out what the log holds after a submission that was not confirmed, and applies it: what
   * was written although nobody said so must reach the host, once.
   */
  private void settle() {
    if (!doubtful) {
      return;
    }
    List<Decided> missed = log.since(vsmmu, known);
    doubtful = false;
    for (Decided found : missed) {
      if (found.events().getFirst() instanceof HostOutcomeReported written) {
        known = found.after();
        if (owed != null && owed.decision() == written.decision()) {
          owed = null;
        }
      } else {
        apply(found);
      }
    }
  }

  /** Writes the outcome that is owed. */
  private Optional<Decided> pay() {
    ReportHostOutcome report = owed;
    if (report == null) {
      return Optional.empty();
    }
    Decided reported = submit(List.of(report), "").last();
    owed = null;
    known = reported.after();
    return Optional.of(reported);
  }

  /** The same, or it stays owed: it goes before the next stimulus. */
  private Optional<Decided> tryToPay() {
    try {
      settle();
      Optional<Decided> paid = pay();
      warned = false;
      return paid;
    } catch (RuntimeException | Error notNow) {
      if (!warned) {
        LOGGER.log(Level.WARNING, "outcome of {0} not written yet: {1}", vsmmu, notNow);
      }
      warned = true;
      return Optional.empty();
    }
  }

  private static boolean succeeded(ReportHostOutcome outcome) {
    return outcome.operations().stream().allMatch(HostOperation::succeeded);
  }

  private static boolean mayWait(Decided decided, ReportHostOutcome outcome) {
    return decided.events().size() == 1
        && decided.events().getFirst() instanceof CommandsConsumed
        && succeeded(outcome);
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
