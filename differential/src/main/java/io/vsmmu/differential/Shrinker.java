package io.vsmmu.differential;

import java.util.function.Predicate;

/** Shortens a failing program as long as it fails with the same difference. */
final class Shrinker {

  /** Largest number of runs for one program; the shortest program so far is then the result. */
  static final int RUNS = 2_000;

  private final Predicate<Program> fails;
  private int runs;

  /**
   * @param fails whether a program fails with the difference of the first one
   */
  Shrinker(Predicate<Program> fails) {
    this.fails = fails;
  }

  /**
   * The shortest program found. No single step can be removed from it, unless {@link #RUNS} ended
   * the search.
   */
  Program shrink(Program failing) {
    Program shortest = failing;
    for (int count = Math.max(1, failing.steps().size() / 2); count > 0; count /= 2) {
      Program before;
      do {
        before = shortest;
        shortest = withoutRunsOf(count, shortest);
      } while (count == 1 && shortest.steps().size() < before.steps().size());
    }
    return shortest;
  }

  private Program withoutRunsOf(int count, Program program) {
    Program shortest = program;
    int first = shortest.steps().size() - count;
    while (first >= 0 && runs < RUNS) {
      Program shorter = shortest.without(first, count);
      runs++;
      if (fails.test(shorter)) {
        shortest = shorter;
      }
      first = Math.min(first - 1, shortest.steps().size() - count);
    }
    return shortest;
  }
}
