package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Caches the state after the latest event of the vSMMUs that were seen most recently; the state of
 * another vSMMU is folded again. Not thread-safe.
 */
final class LatestStates {

  private final TimeTravel travel;
  private final LinkedHashMap<Integer, VsmmuState> states;

  /**
   * Begins empty.
   *
   * @param travel folds a state that is not cached
   * @param most number of states to cache
   */
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

  /** The state of the event's vSMMU before the event. */
  VsmmuState before(LogEvent event) {
    VsmmuState known = states.get(event.vsmmu());
    return known != null && known.events() == event.sequence()
        ? known
        : travel.before(event.vsmmu(), event.sequence());
  }

  /** The state of the event's vSMMU after the event, which is also cached. */
  VsmmuState after(LogEvent event, VsmmuState before) {
    VsmmuState after = Vsmmu.evolve(before, event.event());
    states.put(event.vsmmu(), after);
    return after;
  }

  void clear() {
    states.clear();
  }
}
