package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.LinkedHashMap;
import java.util.Map;

/** The newest states of the vSMMUs that a projector saw last; others are folded again. */
final class LatestStates {

  private final TimeTravel travel;
  private final LinkedHashMap<Integer, VsmmuState> states;

  /** Keeps at most {@code most} states. */
  LatestStates(TimeTravel travel, int most) {
    this.travel = travel;
    this.states =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, VsmmuState> eldest) {
            return size() > most;
          }
        };
  }

  /** The state just before an event. */
  VsmmuState before(LogEvent event) {
    VsmmuState known = states.get(event.vsmmu());
    return known != null && known.events() == event.sequence()
        ? known
        : travel.before(event.vsmmu(), event.sequence());
  }

  /** The state just after it. */
  VsmmuState after(LogEvent event, VsmmuState before) {
    VsmmuState after = Vsmmu.evolve(before, event.event());
    states.put(event.vsmmu(), after);
    return after;
  }

  void clear() {
    states.clear();
  }
}
