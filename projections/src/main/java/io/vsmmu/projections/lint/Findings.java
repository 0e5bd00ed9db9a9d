package io.vsmmu.projections.lint;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the rules find in the log of a vSMMU. Where {@link FindingsProjection} has been, only the
 * events since its last checkpoint are read, at most {@link TimeTravel#SNAPSHOT_INTERVAL}.
 */
public final class Findings {

  /**
   * Version of the rules. Whoever changes a rule, or what a detector keeps, raises it: findings of
   * other versions are thrown away and found again from the first event.
   */
  public static final int VERSION = 3;

  private final EventLog log;
  private final @Nullable Checkpoints checkpoints;
  private final @Nullable TimeTravel travel;

  /** Findings that are always computed from the first event. */
  public Findings(EventLog log) {
    this.log = log;
    this.checkpoints = null;
    this.travel = null;
  }

  /** Findings that go on from the last checkpoint. */
  public Findings(EventLog log, TimeTravel travel, Checkpoints checkpoints) {
    this.log = log;
    this.travel = travel;
    this.checkpoints = checkpoints;
  }

  /** What the rules find in the whole log of a vSMMU. */
  public FindingReport of(int vsmmu) {
    Pass pass = pass(vsmmu);
    log.read(vsmmu, pass.run.events(), Long.MAX_VALUE, pass::step);
    return pass.run.report(pass.state);
  }

  /** A run over the events of a vSMMU before a sequence. */
  RuleRun before(int vsmmu, long sequence) {
    Pass pass = pass(vsmmu);
    if (pass.run.events() > sequence) {
      pass = new Pass(new RuleRun(), VsmmuState.ABSENT);
    }
    if (pass.run.events() < sequence) {
      log.read(vsmmu, pass.run.events(), sequence - 1, pass::step);
    }
    return pass.run;
  }

  private Pass pass(int vsmmu) {
    return checkpoint(vsmmu).orElseGet(() -> new Pass(new RuleRun(), VsmmuState.ABSENT));
  }

  private Optional<Pass> checkpoint(int vsmmu) {
    Checkpoints stored = checkpoints;
    TimeTravel states = travel;
    return stored == null || states == null
        ? Optional.empty()
        : stored
            .find(vsmmu)
            .flatMap(bytes -> RuleRun.decode(bytes, at -> log.find(at).map(LogEvent::new)))
            .map(run -> new Pass(run, states.before(vsmmu, run.events())));
  }

  /** A run and the state that belongs to it. */
  private static final class Pass {
    private final RuleRun run;
    private VsmmuState state;

    Pass(RuleRun run, VsmmuState state) {
      this.run = run;
      this.state = state;
    }

    void step(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      VsmmuState after = Vsmmu.evolve(state, event.event());
      run.observe(event, state, after);
      state = after;
    }
  }
}
