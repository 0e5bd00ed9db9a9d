package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
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

  private final String vsmmu;
  private final StimulusGate log;
  private final HostGate host;
  private final SessionLimits limits;
  private final Coalescing coalescing;
  private final BlockingQueue<Posted> waiting;
  private final Thread worker;
  private volatile boolean closing;
  private @Nullable ReportHostOutcome owed;

  public GuestSession(String vsmmu, StimulusGate log, HostGate host, SessionLimits limits) {
    this.vsmmu = vsmmu;
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
   * @return completes when it is durable and applied; fails when nothing of it is in the log
   */
  public CompletableFuture<Applied> post(Stimulus stimulus, String subject) {
    CompletableFuture<Applied> done = new CompletableFuture<>();
    if (closing) {
      done.completeExceptionally(new IllegalStateException("session closed: " + vsmmu));
      return done;
    }
    try {
      waiting.put(new Posted(stimulus, subject, done));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      done.completeExceptionally(interrupted);
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
          payOwed();
          continue;
        }
        batch.clear();
        batch.add(first);
        waiting.drainTo(batch);
        coalescing.group(batch).forEach(this::process);
      } catch (InterruptedException interrupted) {
        closing = true;
      }
    }
    payOwed();
  }

  private void process(Coalescing.Group group) {
    try {
      Applied applied = handle(group.stimulus(), group.subject());
      group.members().forEach(posted -> posted.done().complete(applied));
    } catch (RuntimeException failed) {
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
    List<Stimulus> stimuli = new ArrayList<>(2);
    ReportHostOutcome before = owed;
    if (before != null) {
      stimuli.add(before);
    }
    stimuli.add(stimulus);
    Submission submission = log.submit(vsmmu, stimuli, subject);
    owed = null;
    Decided decided = submission.last();
    Optional<ReportHostOutcome> outcome = host.apply(decided);
    if (outcome.isEmpty()) {
      return new Applied(decided, outcome, Optional.empty());
    }
    if (mayWait(decided, outcome.get())) {
      owed = outcome.get();
      return new Applied(decided, outcome, Optional.empty());
    }
    Decided reported = log.submit(vsmmu, List.of(outcome.get()), "").last();
    return new Applied(decided, outcome, Optional.of(reported));
  }

  private void payOwed() {
    ReportHostOutcome report = owed;
    if (report == null) {
      return;
    }
    try {
      log.submit(vsmmu, List.of(report), "");
      owed = null;
    } catch (RuntimeException notNow) {
      // The log is away: the outcome stays owed and goes with the next submission or attempt.
      System.getLogger(GuestSession.class.getName())
          .log(System.Logger.Level.WARNING, "outcome of {0} not written yet: {1}", vsmmu, notNow);
    }
  }

  private static boolean mayWait(Decided decided, ReportHostOutcome outcome) {
    return decided.events().size() == 1
        && decided.events().getFirst() instanceof CommandsConsumed
        && outcome.operations().stream().allMatch(HostOperation::succeeded);
  }

  /** What a slice left over because a configuration change had to wait for invalidations. */
  private static Optional<ConsumeCommands> rest(Stimulus stimulus, Applied applied) {
    if (!(stimulus instanceof ConsumeCommands slice)
        || !(applied.decided().events().getFirst() instanceof CommandsConsumed done)) {
      return Optional.empty();
    }
    boolean stopped =
        done.consumed() == 0
            || failed(applied.decided())
            || applied.reported().map(GuestSession::failed).orElse(false);
    return stopped ? Optional.empty() : slice.after(done.consumed());
  }

  private static boolean failed(Decided decided) {
    return decided.events().stream().anyMatch(CommandQueueFailed.class::isInstance);
  }
}
