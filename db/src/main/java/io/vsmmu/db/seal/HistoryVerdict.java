package io.vsmmu.db.seal;

import io.vsmmu.transparency.Checkpoint;

/** Result of verifying a whole history, see {@link HistoryVerifier}. */
public sealed interface HistoryVerdict {

  /** What was verified. */
  HistoryReach reach();

  /**
   * How far a verification came.
   *
   * @param events that are as their chains say, from the first position on
   * @param size segments that are as they were sealed
   * @param sealed last position of them
   * @param covered last position that a given checkpoint covers; 0 without one
   */
  record HistoryReach(long events, long size, long sealed, long covered) {}

  /** Every event is the one that was appended, as far as the given checkpoints cover the log. */
  record Intact(HistoryReach reach) implements HistoryVerdict {}

  /**
   * The log contradicts itself.
   *
   * @param position the first one that is not as it was
   * @param kind what contradicts what
   * @param text the same for people, with the vSMMU or segment
   */
  record Broken(HistoryReach reach, long position, BreakKind kind, String text)
      implements HistoryVerdict {}

  /**
   * The log agrees with itself and not with a given checkpoint: it is another history.
   *
   * @param known the first checkpoint that is not one of this log
   * @param text the same for people
   */
  record Diverged(HistoryReach reach, Checkpoint known, String text) implements HistoryVerdict {}

  /**
   * The log ends before what a given checkpoint covers.
   *
   * @param known the largest checkpoint
   */
  record Shorter(HistoryReach reach, Checkpoint known) implements HistoryVerdict {}

  /** Which parts of a log contradict each other. */
  enum BreakKind {
    /** A position between two others has no event. */
    POSITION_MISSING,
    /** The vSMMU of an event is not in the registry. */
    UNREGISTERED,
    /** An event of a vSMMU is not the one that follows the one before: removed, added or moved. */
    OUT_OF_ORDER,
    /** An event's hash is not that of its content and of the event before it. */
    EDITED,
    /** The events at a segment's positions are not those that were sealed. */
    SEGMENT_DIFFERS,
    /** The registry's name, origin or arrival of a vSMMU is not what was sealed. */
    REGISTRY_DIFFERS,
    /** The stored tree is not that of its leaves, or a stored checkpoint not one of the tree. */
    TREE_DIFFERS,
    /** The events end before the last segment does. */
    CUT
  }
}
