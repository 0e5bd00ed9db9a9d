package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Finds whose each item is. QEMU prints no instance's name, so the search keeps every explanation
 * of the recording that nothing contradicts, and an item is settled when all of them agree about
 * it. They wait a while before they are asked ({@link TraceLimits#SETTLING_ITEMS}), so that what
 * contradicts them can come.
 *
 * <p>Where no explanation is left, lines are missing: what names its vSMMU stays attributed, what
 * was attributed because it went on where a vSMMU stood does not, and nothing is known of where the
 * vSMMUs stand until something names them again. Explanations that nothing later can tell apart, or
 * too many, become one in which what they differ about is nobody's.
 */
final class AttributionSearch {

  /** Takes items, in the order of the trace, when it is known whose they are. */
  interface Settled {
    /**
     * @param owner id of the vSMMU, or a constant of {@link Hypothesis}
     */
    void settle(TraceItem item, long owner);
  }

  private final SharedKnowledge known;
  private final Settled settled;
  private final Deque<TraceItem> pending = new ArrayDeque<>();
  private boolean begun;
  private boolean explainedByOne;
  private List<Hypothesis> hypotheses = new ArrayList<>(List.of(new Hypothesis()));

  AttributionSearch(KernelObjects objects, Settled settled) {
    this.known = new SharedKnowledge(objects);
    this.settled = settled;
  }

  KnownOwners owners() {
    return known.owners();
  }

  /** Whether there was an access by a guest. */
  boolean begun() {
    return begun;
  }

  /** Whether the recording shows one vSMMU and nothing that speaks of more. */
  boolean alone() {
    return hypotheses.size() == 1
        && hypotheses.getFirst().vsmmus() <= 1
        && !known.expectsMoreThan(1);
  }

  /**
   * Whether no other vSMMU can have done what names none: a whole machine reset was of one, or the
   * recording is over and one explains all of it. After a late start there can be one that no line
   * has named yet.
   */
  boolean certainlyAlone() {
    return alone() && (known.toldOne() || explainedByOne);
  }

  /**
   * The recording begins with what the VMM prints when it makes the machine, or with the probe of a
   * driver: vSMMUs that were not seen yet are as after a reset.
   */
  void startsWithMachine() {
    hypotheses.forEach(Hypothesis::startsWithMachine);
  }

  /** A line that belongs to an access was found without it. */
  void linesMissing() {
    if (!known.exactlyOne()) {
      lose();
    }
  }

  /** Takes the next item of the trace. */
  void take(TraceItem item) {
    boolean one = known.exactlyOne();
    known.see(item);
    if (one && !known.exactlyOne()) {
      // There are more than the machine reset told, whose lines are missing then.
      known.resetRefuted();
      lose();
    }
    if (item.ofGuest() && !begun) {
      begun = true;
      if (probe(item)) {
        startsWithMachine();
      }
    }
    if (item instanceof TraceItem.Access access && access.suspect() && !known.exactlyOne()) {
      lose();
      hypotheses.forEach(h -> h.take(item, h.ofSuspect(access), known));
      pending.add(item);
    } else {
      List<Hypothesis> next = successors(item);
      if (next.isEmpty()) {
        next = withLinesMissing(item);
      }
      pending.add(item);
      hypotheses = next.size() > 1 ? distinct(next) : next;
    }
    if (hypotheses.size() > TraceLimits.HYPOTHESES
        || (hypotheses.size() > 1 && pending.size() > TraceLimits.UNDECIDED_ITEMS)) {
      blendAll();
    }
    settle(TraceLimits.SETTLING_ITEMS);
  }

  private List<Hypothesis> successors(TraceItem item) {
    List<Hypothesis> next = new ArrayList<>();
    List<Hypothesis> contradicted = new ArrayList<>();
    boolean probe = probe(item);
    for (Hypothesis hypothesis : hypotheses) {
      int before = next.size();
      if (probe && !known.exactlyOne() && !hypothesis.someIdle()) {
        probed(hypothesis, item, next);
      } else {
        successors(hypothesis, item, next);
      }
      if (next.size() == before) {
        contradicted.add(hypothesis);
      }
    }
    if (!next.isEmpty()) {
      keepAsGood(contradicted, item, next);
    }
    return next;
  }

  /** Whether the item shows where a command queue is: a jump needs no second vSMMU. */
  private static boolean jumps(TraceItem item) {
    return item instanceof TraceItem.Access
        || (item instanceof TraceItem.Read read
            && read.read().offset() == Register.CMDQ_CONS.offset());
  }

  /** Whether a driver starts to probe its SMMU. */
  private static boolean probe(TraceItem item) {
    return item instanceof TraceItem.Read read && read.read().offset() == Register.IDR0.offset();
  }

  /**
   * An explanation that is contradicted may lack one vSMMU that was never seen by itself. It stays,
   * as far as it has not more of them then than the others.
   */
  private void keepAsGood(List<Hypothesis> contradicted, TraceItem item, List<Hypothesis> next) {
    int fewest = next.stream().mapToInt(Hypothesis::vsmmus).min().orElse(0);
    for (Hypothesis hypothesis : contradicted) {
      if (hypothesis.vsmmus() < fewest && hypothesis.mayLackOne(known)) {
        hypothesis.lose(unsettled(), 0, known);
        takeLost(hypothesis, item);
        next.add(hypothesis);
      }
    }
  }

  private void takeLost(Hypothesis hypothesis, TraceItem item) {
    List<Long> options = hypothesis.options(item, known);
    hypothesis.take(item, options.size() == 1 ? options.getFirst() : Hypothesis.UNDECIDED, known);
  }

  private void successors(Hypothesis hypothesis, TraceItem item, List<Hypothesis> next) {
    if (item instanceof TraceItem.Access access && !known.exactlyOne()) {
      hypothesis.doubt(access, known);
    }
    List<Long> options = hypothesis.options(item, known);
    boolean onlyOneMore = options.size() == 1 && options.getFirst() == known.newborn();
    if (onlyOneMore
        && item instanceof TraceItem.Access access
        && access.viommu() == null
        && hypothesis.vsmmus() > 0
        && hypothesis.mayLackOne(known)) {
      // Or lines of one that was seen are missing.
      Hypothesis lost = hypothesis.copy();
      lost.lose(unsettled(), 0, known);
      takeLost(lost, item);
      next.add(lost);
    }
    for (long option : options) {
      Hypothesis successor = options.size() == 1 ? hypothesis : hypothesis.copy();
      if (option == known.newborn() && item instanceof TraceItem.Access) {
        // It was there unseen, and what seemed to be another's may have been its own.
        successor.doubt(unsettled(), 0, known);
      }
      successor.take(item, option, known);
      next.add(successor);
    }
  }

  /** A probe although all vSMMUs are in use: perhaps the machine's reset is missing. */
  private void probed(Hypothesis hypothesis, TraceItem item, List<Hypothesis> next) {
    boolean expected = known.expectsMoreThan(hypothesis.vsmmus());
    if (!expected) {
      known.resetDoubted();
    }
    boolean settingUp = hypothesis.someSetUp();
    if (!settingUp && !known.countIsExact() && !hypothesis.founded(known)) {
      hypothesis.giveUpUnfounded(known);
    } else if (settingUp || !expected) {
      Hypothesis reset = hypothesis.copy();
      reset.resetUnseen();
      successors(reset, item, next);
    }
    successors(hypothesis, item, next);
  }

  /** What can be if no explanation is left: lines are missing, or there is one more vSMMU. */
  private List<Hypothesis> withLinesMissing(TraceItem item) {
    known.linesMissing();
    if (!jumps(item)) {
      known.resetDoubted();
    }
    List<Hypothesis> next = new ArrayList<>();
    for (Hypothesis hypothesis : hypotheses) {
      if (!known.countIsExact() && !hypothesis.founded(known)) {
        hypothesis.giveUpUnfounded(known);
        List<Hypothesis> without = new ArrayList<>();
        successors(hypothesis, item, without);
        if (!without.isEmpty()) {
          next.addAll(without);
          continue;
        }
      }
      if (hypothesis.explainedByOneMore(item, known)) {
        Hypothesis more = hypothesis.copy();
        more.doubt(unsettled(), 0, known);
        more.take(item, known.newborn(), known);
        next.add(more);
      }
      List<TraceItem> unsettled = unsettled();
      hypothesis.lose(unsettled, hypothesis.missingFrom(item, unsettled, known), known);
      takeLost(hypothesis, item);
      next.add(hypothesis);
    }
    return next;
  }

  private List<TraceItem> unsettled() {
    return List.copyOf(pending);
  }

  /** Lines are missing just before the current item. */
  private void lose() {
    known.linesMissing();
    List<TraceItem> unsettled = unsettled();
    hypotheses.forEach(h -> h.lose(unsettled, unsettled.size(), known));
    hypotheses = distinct(hypotheses);
  }

  /** Explanations that nothing later can tell apart become one. */
  private List<Hypothesis> distinct(List<Hypothesis> all) {
    List<Hypothesis> distinct = new ArrayList<>();
    for (Hypothesis hypothesis : all) {
      boolean merged = false;
      for (Hypothesis kept : distinct) {
        if (kept.sameFuture(hypothesis)) {
          kept.blend(hypothesis, known);
          merged = true;
          break;
        }
      }
      if (!merged) {
        distinct.add(hypothesis);
      }
    }
    return distinct;
  }

  private void blendAll() {
    // What they agree about is how many there are at least, even if not which items are whose.
    int fewest = hypotheses.stream().mapToInt(Hypothesis::vsmmus).min().orElse(0);
    known.atLeast(fewest);
    Hypothesis best = hypotheses.getFirst();
    for (Hypothesis other : hypotheses.subList(1, hypotheses.size())) {
      best.blend(other, known);
    }
    hypotheses = new ArrayList<>(List.of(best));
  }

  /** Settles the oldest items but {@code left}, as far as all explanations agree about them. */
  private void settle(int left) {
    while (pending.size() > left) {
      final long owner = hypotheses.getFirst().oldestOwner();
      for (Hypothesis hypothesis : hypotheses) {
        if (hypothesis.oldestOwner() != owner) {
          return;
        }
      }
      TraceItem item = pending.removeFirst();
      boolean noEvidence = item.ofGuest() && !alone() && (known.torn() || known.untraced());
      boolean unfounded =
          owner >= 0
              && !known.established(owner)
              && !known.exactlyOne()
              && !explainedByOne
              && !hypotheses.stream().allMatch(h -> h.founded(owner));
      long decided = noEvidence || unfounded ? Hypothesis.UNDECIDED : owner;
      hypotheses.forEach(h -> h.settledOldest(item, decided));
      if (decided >= 0) {
        known.establish(decided);
        if (item instanceof TraceItem.Access access) {
          known.owners().learn(decided, access);
        }
      }
      settled.settle(item, decided);
    }
  }

  /** The recording is over: what is not decided now never will be. */
  void finish() {
    blendAll();
    // One vSMMU explains the whole recording, and nothing is missing or speaks of more.
    explainedByOne = alone() && !known.everLost();
    settle(0);
  }
}
