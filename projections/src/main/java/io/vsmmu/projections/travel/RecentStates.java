package io.vsmmu.projections.travel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Caches states, and drops those that were not used for longest. Neighbouring states share most of
 * their memory. Thread-safe.
 */
final class RecentStates {

  private record StateKey(int vsmmu, long sequence) {}

  private final LinkedHashMap<StateKey, StateAtEvent> moments;

  /**
   * Begins empty.
   *
   * @param most number of states to cache
   */
  RecentStates(int most) {
    this.moments =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<StateKey, StateAtEvent> eldest) {
            return size() > most;
          }
        };
  }

  synchronized void put(StateAtEvent moment) {
    moments.put(new StateKey(moment.vsmmu(), moment.sequence()), moment);
  }

  /**
   * The latest cached state of a vSMMU with a sequence from {@code from} to {@code to}, inclusive.
   */
  synchronized Optional<StateAtEvent> latest(int vsmmu, long from, long to) {
    for (long sequence = to; sequence >= Math.max(from, 0); sequence--) {
      StateAtEvent moment = moments.get(new StateKey(vsmmu, sequence));
      if (moment != null) {
        return Optional.of(moment);
      }
    }
    return Optional.empty();
  }
}
