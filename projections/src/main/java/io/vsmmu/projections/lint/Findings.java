package io.vsmmu.projections.lint;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/**
 * Runs the rules over the log of a vSMMU: one pass, one event in memory at a time, and findings
 * that are bounded per rule.
 */
public final class Findings {

  private final EventLog log;

  public Findings(EventLog log) {
    this.log = log;
  }

  /** What the rules find in the whole log of a vSMMU. */
  public FindingReport of(int vsmmu) {
    Pass pass = new Pass();
    log.read(vsmmu, 0, Long.MAX_VALUE, pass::step);
    return pass.report();
  }

  private static final class Pass {
    private final FindingReport.Builder findings = new FindingReport.Builder();
    private final List<Detector> detectors =
        List.of(
            new BypassWindows(findings),
            new CommandProblems(findings),
            new HostProblems(findings),
            new BlindIntervals(findings),
            new RecordingProblems(findings));
    private VsmmuState state = VsmmuState.ABSENT;
    private long position;
    private long stimulus;

    void step(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      VsmmuState after = Vsmmu.evolve(state, event.event());
      position = event.position();
      stimulus = event.event() instanceof StimulusEvent ? position : stimulus;
      Step step = new Step(event, state, after, stimulus);
      detectors.forEach(detector -> detector.observe(step));
      state = after;
    }

    FindingReport report() {
      if (state.events() > 0) {
        detectors.forEach(detector -> detector.finish(state, position));
      }
      return findings.build(state.events());
    }
  }
}
