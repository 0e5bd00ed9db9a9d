package io.vsmmu.differential;

import java.util.Map;
import java.util.Optional;

/**
 * What a program showed.
 *
 * @param known how often each known difference was seen
 * @param unexplained the first difference that is none of them, where the program ended
 * @param steps how many steps were compared
 */
record Verdict(Map<KnownDifference, Integer> known, Optional<Unexplained> unexplained, int steps) {

  Verdict {
    known = Map.copyOf(known);
  }

  /**
   * A difference that nobody has explained.
   *
   * @param step the step that showed it, from 0
   * @param what was compared
   */
  record Unexplained(int step, String what, String ours, String qemu) {

    /** Whether it is the same difference, though it may show itself elsewhere. */
    boolean same(Unexplained other) {
      return what.equals(other.what);
    }

    @Override
    public String toString() {
      return "step %d: %s: ours %s, QEMU %s".formatted(step, what, ours, qemu);
    }
  }
}
