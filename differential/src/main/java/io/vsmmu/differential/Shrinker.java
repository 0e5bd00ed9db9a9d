package io.vsmmu.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Shortens a failing program as long as it fails with the same difference.
 *
 * @param <S> its steps
 */
public final class Shrinker<S> {

  /** Largest number of runs for one program; the shortest program so far is then the result. */
  public static final int RUNS = 2_000;

  private final Predicate<List<S>> fails;
  private int runs;

  /**
   * @param fails whether a program fails with the difference of the first one
   */
  public Shrinker(Predicate<List<S>> fails) {
    this.fails = fails;
  }

  /**
   * The shortest program found. No single step can be removed from it, unless {@link #RUNS} ended
   * the search.
   */
  public List<S> shrink(List<S> failing) {
    List<S> shortest = List.copyOf(failing);
    for (int count = Math.max(1, failing.size() / 2); count > 0; count /= 2) {
      List<S> before;
      do {
        before = shortest;
        shortest = withoutRunsOf(count, shortest);
      } while (count == 1 && shortest.size() < before.size());
    }
    return shortest;
  }

  private List<S> withoutRunsOf(int count, List<S> program) {
    List<S> shortest = program;
    int first = shortest.size() - count;
    while (first >= 0 && runs < RUNS) {
      List<S> shorter = without(shortest, first, count);
      runs++;
      if (fails.test(shorter)) {
        shortest = shorter;
      }
      first = Math.min(first - 1, shortest.size() - count);
    }
    return shortest;
  }

  /** The steps without {@code count} of them from {@code first} on. */
  private static <S> List<S> without(List<S> steps, int first, int count) {
    List<S> rest = new ArrayList<>(steps.subList(0, first));
    rest.addAll(steps.subList(first + count, steps.size()));
    return List.copyOf(rest);
  }
}
