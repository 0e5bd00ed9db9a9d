package io.vsmmu.debugger.compare;

import java.util.HashMap;
import java.util.Map;

/**
 * Which StreamID, SubstreamID, ASID or VMID of one log has the part of which one in the other. Two
 * ids become a pair where two accesses are aligned whose ids have no counterpart yet. Such pairs
 * survive insertions, as numbers by first appearance would not: one id more in one log would change
 * the numbers of all later ones. Not thread-safe.
 */
final class IdPairs {

  /** No id. */
  static final long NONE = -1;

  /** Spaces of ids, each with numbers of its own. */
  enum Space {
    STREAM,
    SUBSTREAM,
    ASID,
    VMID
  }

  /** The token of every id that has no counterpart yet. */
  private static final long NEW = -2;

  private static final int SPACE_SHIFT = 32;

  private final Map<Long, Long> ofA = new HashMap<>();
  private final Map<Long, Long> ofB = new HashMap<>();

  /** An id as one number, so that ids of different spaces never are the same. */
  static long of(Space space, long number) {
    return ((long) space.ordinal() << SPACE_SHIFT) | (number & 0xffff_ffffL);
  }

  /** A number that is the same for an id of A and its counterpart in B, and for all new ids. */
  long tokenOfA(long id) {
    return id == NONE || ofA.containsKey(id) ? id : NEW;
  }

  /** The same for an id of B. */
  long tokenOfB(long id) {
    return id == NONE ? NONE : ofB.getOrDefault(id, NEW);
  }

  /** Whether the two are a pair, or could become one. */
  boolean agree(long a, long b) {
    return tokenOfA(a) == tokenOfB(b);
  }

  /**
   * Makes the two a pair, and ends the pairs that either had before. Beyond {@link
   * CompareLimits#IDS} pairs nothing is remembered, and further ids stay new.
   */
  void pair(long a, long b) {
    if (a == NONE || b == NONE || ofA.getOrDefault(a, NONE) == b) {
      return;
    }
    Long earlierB = ofA.remove(a);
    if (earlierB != null) {
      ofB.remove(earlierB);
    }
    Long earlierA = ofB.remove(b);
    if (earlierA != null) {
      ofA.remove(earlierA);
    }
    if (ofA.size() < CompareLimits.IDS) {
      ofA.put(a, b);
      ofB.put(b, a);
    }
  }
}
