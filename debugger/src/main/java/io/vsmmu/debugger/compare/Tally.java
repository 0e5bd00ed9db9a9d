package io.vsmmu.debugger.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts differences by kind, and keeps the first {@link CompareLimits#EXAMPLES} of each. Not
 * thread-safe.
 *
 * @param <K> the kind
 * @param <E> an example
 */
final class Tally<K, E> {

  /** The number of differences of one kind, with the first ones. */
  static final class Count<K, E> {

    private final K kind;
    private final List<E> examples = new ArrayList<>();
    private long number;

    private Count(K kind) {
      this.kind = kind;
    }

    K kind() {
      return kind;
    }

    long number() {
      return number;
    }

    List<E> examples() {
      return List.copyOf(examples);
    }
  }

  private final Map<K, Count<K, E>> counts = new LinkedHashMap<>();
  private long unlisted;

  void add(K kind, E example) {
    Count<K, E> count = counts.get(kind);
    if (count == null) {
      if (counts.size() >= CompareLimits.KINDS) {
        unlisted++;
        return;
      }
      count = new Count<>(kind);
      counts.put(kind, count);
    }
    count.number++;
    if (count.examples.size() < CompareLimits.EXAMPLES) {
      count.examples.add(example);
    }
  }

  /** The kinds, the most frequent first; of two equally frequent ones the one that was first. */
  List<Count<K, E>> mostFrequentFirst() {
    return counts.values().stream()
        .sorted(Comparator.comparingLong((Count<K, E> count) -> count.number).reversed())
        .toList();
  }

  /** The number of differences of kinds beyond {@link CompareLimits#KINDS}. */
  long unlisted() {
    return unlisted;
  }
}
