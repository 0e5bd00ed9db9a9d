package io.vsmmu.debugger.cause;

import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what a log does not contain, so that an answer does not claim more than it can. */
final class LogGaps {

  private LogGaps() {}

  /**
   * The gaps that concern an answer about the events up to a moment and behind it, as sentences.
   */
  static List<String> at(TimeTravel travel, StateAtEvent moment) {
    List<String> gaps = new ArrayList<>();
    VsmmuState state = moment.state();
    if (!state.hardwareQueues().isEmpty()) {
      gaps.add(
          "The guest has a hardware queue: invalidations that it issues there are not in the log.");
    }
    if (state.observations().keptLines() > 0) {
      gaps.add(
          "The recording's lines up to the position include %d whose meaning or whose vSMMU is not"
                  .formatted(state.observations().keptLines())
              + " known; they are kept as text.");
    }
    Optional<VsmmuState> newest =
        travel.at(moment.vsmmu(), LogPoint.HEAD).found().map(StateAtEvent::state);
    newest
        .map(VsmmuState::health)
        .filter(health -> health.status() == Health.Status.PARTIAL)
        .ifPresent(
            health ->
                gaps.add(
                    "The recording is incomplete: %s. The answer holds for what is in the log."
                        .formatted(String.join("; ", health.reasons()))));
    return gaps;
  }
}
