package io.vsmmu.projections.lint;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Optional;

/**
 * Gives the findings of all rules in the log of a vSMMU. If a checkpoint of {@link
 * FindingsProjection} exists, only the events after it are read, at most {@link
 * TimeTravel#SNAPSHOT_INTERVAL} where that projection is up to date. Thread-safe.
 */
public final class Linter {

  /**
   * Version of the rules and of the state of the checkers. A change of one of them raises it,
   * whereupon checkpoints of other versions are deleted and made again from the first event.
   */
  public static final int VERSION = 9;

  private final EventLog log;
  private final Checkpoints checkpoints;
  private final TimeTravel travel;

  /**
   * Continues from checkpoints.
   *
   * @param travel gives the state at a checkpoint
   */
  public Linter(EventLog log, TimeTravel travel, Checkpoints checkpoints) {
    this.log = log;
    this.travel = travel;
    this.checkpoints = checkpoints;
  }

  /** The findings in the whole log of a vSMMU. */
  public FindingReport of(int vsmmu) {
    Pass pass = pass(vsmmu);
    log.read(vsmmu, pass.run.events(), Long.MAX_VALUE, pass::step);
    return pass.run.report(pass.state);
  }

  /** The rules after all events of a vSMMU before a sequence. */
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
    return checkpoints
        .find(vsmmu)
        .flatMap(bytes -> RuleRun.decode(bytes, at -> log.find(at).map(LogEvent::new)))
        .map(run -> new Pass(run, travel.before(vsmmu, run.events())));
  }

  /** The rules together with the state after the last event that they observed. */
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
