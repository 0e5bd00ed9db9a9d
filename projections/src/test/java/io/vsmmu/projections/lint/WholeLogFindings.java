package io.vsmmu.projections.lint;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/** The findings of one pass over a whole log, with which those from a checkpoint must agree. */
public final class WholeLogFindings {

  private final RuleRun run = new RuleRun();
  private VsmmuState state = VsmmuState.ABSENT;

  private WholeLogFindings() {}

  public static FindingReport of(EventLog log, int vsmmu) {
    WholeLogFindings pass = new WholeLogFindings();
    log.read(vsmmu, 0, Long.MAX_VALUE, stored -> pass.step(new LogEvent(stored)));
    return pass.run.report(pass.state);
  }

  /** The findings of a log in memory, from its first event on. */
  public static FindingReport of(List<StoredEvent> events) {
    WholeLogFindings pass = new WholeLogFindings();
    events.forEach(stored -> pass.step(new LogEvent(stored)));
    return pass.run.report(pass.state);
  }

  private void step(LogEvent event) {
    VsmmuState after = Vsmmu.evolve(state, event.event());
    run.observe(event, state, after);
    state = after;
  }
}
