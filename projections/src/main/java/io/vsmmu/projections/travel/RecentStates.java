package io.vsmmu.projections.travel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Recently used moments, the least recently used ones forgotten first. A state shares most of its
 * memory with its neighbours. Thread-safe.
 */
final class RecentStates {

  private record Key(int vsmmu, long sequence) {}

  private final LinkedHashMap<Key, StateAtEvent> moments;

  /** Keeps at most {@code most} moments. */
  RecentStates(int most) {
    this.moments =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, StateAtEvent> eldest) {
            return size() > most;
          }
        };
  }

  synchronized void put(StateAtEvent moment) {
    moments.put(new Key(moment.vsmmu(), moment.sequence()), moment);
  }

  /** The latest kept moment of a vSMMU within the sequences, both ends included. */
  synchronized Optional<StateAtEvent> latest(int vsmmu, long from, long to) {
    for (long sequence = to; sequence >= Math.max(from, 0); sequence--) {
      StateAtEvent moment = moments.get(new Key(vsmmu, sequence));
      if (moment != null) {
        return Optional.of(moment);
      }
    }
    return Optional.empty();
  }
}
