package io.vsmmu.differential;

import java.util.function.Predicate;

/** Makes a program that fails shorter, as long as it fails in the same way. */
final class Shrinker {

  /** Runs that one program may take. */
  static final int RUNS = 2_000;

  private final Predicate<Program> fails;
  private int runs;

  /**
   * A shrinker.
   *
   * @param fails whether a program still fails as the first one did
   */
  Shrinker(Predicate<Program> fails) {
    this.fails = fails;
  }

  /** The shortest program that was found: no step of it can be left out, unless runs ran out. */
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
