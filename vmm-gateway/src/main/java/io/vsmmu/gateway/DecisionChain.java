package io.vsmmu.gateway;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one vSMMU in order: each is written to the log, applied to the host, and its
 * outcome is written to the log. Called under the session's lock, except {@link #visible()}, {@link
 * #observe} and {@link #isSettled()}, which any thread may call.
 *
 * <p>Between two calls an outcome may be pending (the host reported it, the log does not contain it
 * yet), and a decision may be unapplied (the log contains it, and applying it threw).
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>when</th><th>unapplied decision</th><th>pending outcome</th></tr>
 * <tr><td>a submission is written</td><td>none yet</td><td>none: it was written with it</td></tr>
 * <tr><td>a submission fails: nothing was written</td><td>none</td><td>stays</td></tr>
 * <tr><td>applying a decision throws</td><td>that one</td><td>none</td></tr>
 * <tr><td>a decision is applied</td><td>none</td><td>what the host reported</td></tr>
 * <tr><td>the outcome is recorded</td><td>none</td><td>none</td></tr>
 * </table>
 */
final class DecisionChain {

  private static final System.Logger LOGGER = System.getLogger(DecisionChain.class.getName());

  private final String vsmmu;
  private final DecisionLog log;
  private final HostApplier host;
  private volatile SessionObserver observer = SessionObserver.NONE;

  /** The state after the last decision that is known to be in the log and applied. */
  private VsmmuState known;

  private volatile VsmmuState visible;

  /** In the log after {@link #known}, and not applied: applying it threw. */
  private volatile @Nullable Decided unapplied;

  private volatile @Nullable ReportHostOutcome pendingOutcome;

  /** Whether the guest has already seen the effect of {@link #pendingOutcome}. */
  private boolean outcomeShown;

  /** Whether the log says already that an outcome could not be recorded. */
  private boolean warned;

  DecisionChain(String vsmmu, VsmmuState known, DecisionLog log, HostApplier host) {
    this.vsmmu = vsmmu;
    this.known = known;
    this.visible = known;
    this.log = log;
    this.host = host;
  }

  void observe(SessionObserver next) {
    observer = next;
  }

  /** The state after the last decision that is known to be in the log and applied. */
  VsmmuState known() {
    return known;
  }

  /** The state that the guest may see. */
  VsmmuState visible() {
    return visible;
  }

  /** Whether no outcome is pending and no decision is unapplied. */
  boolean isSettled() {
    return unapplied == null && pendingOutcome == null;
  }

  /**
   * Decides, writes and applies one stimulus. A pending outcome is written together with a guest's
   * stimulus when the guest has seen its effect, and before it otherwise: then that is shown first.
   *
   * @param subject who requested it; empty for a guest
   */
  Applied submit(Stimulus stimulus, String subject) {
    applyAgain();
    ReportHostOutcome before = pendingOutcome;
    if (!outcomeShown || !subject.isEmpty()) {
      recordOutcome();
      before = null;
    }
    Submission submission =
        log.submit(vsmmu, before == null ? List.of(stimulus) : List.of(before, stimulus), subject);
    pendingOutcome = null;
    return apply(submission.last());
  }

  boolean busy(RuntimeException failure) {
    return log.busy(failure);
  }

  /**
   * Applies the decision that applying threw for: it is in the log, so it must reach the host.
   *
   * @return that decision, applied; empty if there is none
   * @throws RuntimeException when applying throws again; the decision remains unapplied
   */
  Optional<Applied> applyAgain() {
    Decided decided = unapplied;
    return decided == null ? Optional.empty() : Optional.of(apply(decided));
  }

  /**
   * Records the pending outcome. When that fails the outcome stays pending and is recorded before
   * the next stimulus.
   *
   * @return the decision about it; empty when none is pending or the log failed
   */
  Optional<Decided> tryRecordOutcome() {
    try {
      applyAgain();
      Optional<Decided> recorded = recordOutcome();
      warned = false;
      return recorded;
    } catch (RuntimeException | Error failure) {
      if (!warned) {
        LOGGER.log(Level.WARNING, "outcome of {0} not written yet: {1}", vsmmu, failure);
      }
      warned = true;
      return Optional.empty();
    }
  }

  /** Applies a decision that is in the log; its outcome is recorded at once, or pending. */
  private Applied apply(Decided decided) {
    unapplied = decided;
    Boundaries.reached(SessionBoundary.LOGGED);
    Optional<ReportHostOutcome> outcome = host.apply(decided);
    Boundaries.reached(SessionBoundary.APPLIED);
    unapplied = null;
    known = decided.after();
    pendingOutcome = outcome.orElse(null);
    if (outcome.isPresent() && mayStayPending(decided, outcome.get())) {
      showBeforeRecorded(decided, outcome.get());
      return new Applied(decided, outcome, Optional.empty());
    }
    outcomeShown = false;
    show(decided.events(), known);
    return new Applied(decided, outcome, outcome.isEmpty() ? Optional.empty() : tryRecordOutcome());
  }

  /** Shows the guest that its invalidations are complete before that is recorded. */
  private void showBeforeRecorded(Decided decided, ReportHostOutcome outcome) {
    outcomeShown = true;
    if (Vsmmu.decide(known, outcome) instanceof Decision.Accepted done) {
      List<VsmmuEvent> events = new ArrayList<>(decided.events());
      events.addAll(done.events());
      show(events, done.after());
    }
  }

  private void show(List<VsmmuEvent> events, VsmmuState state) {
    visible = state;
    try {
      observer.changed(state, events);
      Boundaries.reached(SessionBoundary.SHOWN);
    } catch (RuntimeException | Error broken) {
      LOGGER.log(Level.ERROR, "what happened to " + vsmmu + " could not be shown", broken);
    }
  }

  private Optional<Decided> recordOutcome() {
    ReportHostOutcome report = pendingOutcome;
    if (report == null) {
      return Optional.empty();
    }
    Decided reported = log.submit(vsmmu, List.of(report), "").last();
    Boundaries.reached(SessionBoundary.OUTCOME_RECORDED);
    pendingOutcome = null;
    known = reported.after();
    show(outcomeShown ? List.of() : reported.events(), known);
    return Optional.of(reported);
  }

  private static boolean succeeded(ReportHostOutcome outcome) {
    return outcome.operations().stream().allMatch(HostOperation::succeeded);
  }

  /** Whether the outcome changes nothing but CMDQ_CONS. */
  private static boolean mayStayPending(Decided decided, ReportHostOutcome outcome) {
    return decided.events().size() == 1
        && decided.events().getFirst() instanceof CommandsConsumed
        && succeeded(outcome);
  }
}
