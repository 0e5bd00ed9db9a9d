package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
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
 * The decisions of one vSMMU, one after the other: into the log, onto the host, the outcome into
 * the log. Used by whoever has the session's turn; {@link #visible()} by any.
 */
final class DecisionChain {

  private static final System.Logger LOGGER = System.getLogger(DecisionChain.class.getName());

  private final String vsmmu;
  private final DecisionLog log;
  private final HostApplier host;
  private volatile SessionObserver observer = SessionObserver.NONE;

  /** After the last decision that is known to be in the log and applied. */
  private VsmmuState known;

  private volatile VsmmuState visible;

  /** Whether the log may hold more than {@link #known}. */
  private boolean doubtful;

  private @Nullable ReportHostOutcome owed;

  /** Whether the guest was told what is {@link #owed}. */
  private boolean told;

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

  /** After the last decision that is in the log and applied. */
  VsmmuState known() {
    return known;
  }

  /** What the guest may see. */
  VsmmuState visible() {
    return visible;
  }

  /** Decides, writes and applies one stimulus; what is owed goes with it or before it. */
  Applied once(Stimulus stimulus, String subject) {
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

  /** Whether a failure says that the log is there and has too much to do. */
  boolean busy(RuntimeException failure) {
    return log.busy(failure);
  }

  /**
   * Finds out what the log holds after a submission that was not confirmed, and applies it: what
   * was written although nobody said so must reach the host, once.
   *
   * @return the last decision, other than about an outcome, that the log turned out to hold
   */
  Optional<Applied> settle() {
    if (!doubtful) {
      return Optional.empty();
    }
    List<Decided> missed = log.since(vsmmu, known);
    doubtful = false;
    Optional<Applied> last = Optional.empty();
    for (Decided found : missed) {
      if (found.events().getFirst() instanceof HostOutcomeReported written) {
        boolean wasTold = told;
        known = found.after();
        if (owed != null && owed.decision() == written.decision()) {
          owed = null;
        }
        show(wasTold ? List.of() : found.events(), known);
      } else {
        last = Optional.of(apply(found));
      }
    }
    return last;
  }

  /** Writes the outcome that is owed, or it stays owed: it goes before the next stimulus. */
  Optional<Decided> tryToPay() {
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

  /** Applies what is in the log; its outcome is written, or owed. */
  private Applied apply(Decided decided) {
    doubtful = true;
    Optional<ReportHostOutcome> outcome = host.apply(decided);
    doubtful = false;
    known = decided.after();
    owed = outcome.orElse(null);
    if (outcome.isPresent() && mayWait(decided, outcome.get())) {
      tell(decided, outcome.get());
      return new Applied(decided, outcome, Optional.empty());
    }
    told = false;
    show(decided.events(), known);
    return new Applied(decided, outcome, outcome.isEmpty() ? Optional.empty() : tryToPay());
  }

  /** The guest sees that its invalidations are done before that is written. */
  private void tell(Decided decided, ReportHostOutcome outcome) {
    told = true;
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
    } catch (RuntimeException | Error broken) {
      LOGGER.log(Level.ERROR, "what happened to " + vsmmu + " could not be shown", broken);
    }
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

  /** Writes the outcome that is owed. */
  private Optional<Decided> pay() {
    ReportHostOutcome report = owed;
    if (report == null) {
      return Optional.empty();
    }
    Decided reported = submit(List.of(report), "").last();
    owed = null;
    known = reported.after();
    show(told ? List.of() : reported.events(), known);
    return Optional.of(reported);
  }

  private static boolean succeeded(ReportHostOutcome outcome) {
    return outcome.operations().stream().allMatch(HostOperation::succeeded);
  }

  private static boolean mayWait(Decided decided, ReportHostOutcome outcome) {
    return decided.events().size() == 1
        && decided.events().getFirst() instanceof CommandsConsumed
        && succeeded(outcome);
  }
}
