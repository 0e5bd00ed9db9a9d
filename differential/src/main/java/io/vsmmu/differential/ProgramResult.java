package io.vsmmu.differential;

import java.util.Map;
import java.util.Optional;

/**
 * The result of a program.
 *
 * @param known the number of occurrences of each known difference
 * @param unexplained the first other difference, at which the program ended
 * @param steps the number of steps that were compared
 */
record ProgramResult(
    Map<KnownDifference, Integer> known, Optional<Unexplained> unexplained, int steps) {

  ProgramResult {
    known = Map.copyOf(known);
  }

  /**
   * A difference that is none of {@link KnownDifference}.
   *
   * @param step index of the step that showed it, from 0
   * @param what the name of the compared register, memory or action
   */
  record Unexplained(int step, String what, String vsmmu, String qemu) {

    /** Whether the same register, memory or action differs, perhaps at another step. */
    boolean same(Unexplained other) {
      return what.equals(other.what);
    }

    @Override
    public String toString() {
      return "step %d: %s: vSMMU %s, QEMU %s".formatted(step, what, vsmmu, qemu);
    }
  }
}
