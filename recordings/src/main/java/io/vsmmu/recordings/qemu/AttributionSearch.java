package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Finds the vSMMU that each item belongs to. QEMU's trace events do not name the instance, so the
 * search keeps every {@link Hypothesis} that nothing in the recording contradicts. An item is
 * settled, that is, attributed for good, when all hypotheses agree about it and {@link
 * TraceLimits#SETTLING_ITEMS} further items have not contradicted them.
 *
 * <p>If no hypothesis is left, lines are missing. Then an item that names its vSMMU (by vIOMMU,
 * Stream table or StreamID) stays attributed; one that was attributed only because it continued
 * where a vSMMU's queue or driver was becomes undecided, and the state of each vSMMU is unknown
 * until an item names it again. Hypotheses that no further item can distinguish, or that are too
 * many, are merged; the items about which they differ become undecided.
 */
final class AttributionSearch {

  /** Receives the items in the order of the trace when they are settled. */
  interface Settled {
    /**
     * @param owner id of the vSMMU, {@link Hypothesis#UNDECIDED} or {@link Hypothesis#EVERY}
     */
    void settle(TraceItem item, long owner);
  }

  private final AttributionEvidence evidence;
  private final Settled settled;
  private final Deque<TraceItem> pending = new ArrayDeque<>();
  private boolean begun;
  private boolean explainedByOne;
  private List<Hypothesis> hypotheses = new ArrayList<>(List.of(new Hypothesis()));

  AttributionSearch(IommufdObjects objects, Settled settled) {
    this.evidence = new AttributionEvidence(objects);
    this.settled = settled;
  }

  KnownOwners owners() {
    return evidence.owners();
  }

  /** Whether the recording has shown a guest access. */
  boolean begun() {
    return begun;
  }

  /** Whether the recording shows at most one vSMMU and no sign of a second one. */
  boolean alone() {
    return hypotheses.size() == 1
        && hypotheses.getFirst().vsmmus() <= 1
        && !evidence.expectsMoreThan(1);
  }

  /**
   * Whether an item without identifiers can only be that of the one vSMMU: a machine reset printed
   * one line, or the recording is over and one vSMMU explains all of it. After a late start there
   * can be a vSMMU that no line has named yet.
   */
  boolean certainlyAlone() {
    return alone() && (evidence.resetShowedOne() || explainedByOne);
  }

  /**
   * The recording begins with lines that the VMM prints while it creates the machine, or with the
   * probe of a driver: a vSMMU that has not been seen yet is in its reset state.
   */
  void startsWithMachine() {
    hypotheses.forEach(Hypothesis::startsWithMachine);
  }

  /** A line was found that is part of an access of which other lines are missing. */
  void linesMissing() {
    if (!evidence.exactlyOne()) {
      forgetStates();
    }
  }

  /** Takes the next item of the trace. */
  void take(TraceItem item) {
    boolean one = evidence.exactlyOne();
    evidence.add(item);
    if (one && !evidence.exactlyOne()) {
      // There are more vSMMUs than the machine reset showed, so lines of that reset are missing.
      evidence.resetRefuted();
      forgetStates();
    }
    if (item.ofGuest() && !begun) {
      begun = true;
      if (startsProbe(item)) {
        startsWithMachine();
      }
    }
    if (item instanceof TraceItem.Access access && access.incomplete() && !evidence.exactlyOne()) {
      forgetStates();
      hypotheses.forEach(h -> h.take(item, h.ownerOfIncomplete(access), evidence));
      pending.add(item);
    } else {
      List<Hypothesis> next = successors(item);
      if (next.isEmpty()) {
        next = explainByMissingLines(item);
      }
      pending.add(item);
      hypotheses = next.size() > 1 ? distinct(next) : next;
    }
    if (hypotheses.size() > TraceLimits.HYPOTHESES
        || (hypotheses.size() > 1 && pending.size() > TraceLimits.UNDECIDED_ITEMS)) {
      mergeAll();
    }
    settle(TraceLimits.SETTLING_ITEMS);
  }

  private List<Hypothesis> successors(TraceItem item) {
    List<Hypothesis> next = new ArrayList<>();
    List<Hypothesis> contradicted = new ArrayList<>();
    boolean probe = startsProbe(item);
    for (Hypothesis hypothesis : hypotheses) {
      int before = next.size();
      if (probe && !evidence.exactlyOne() && !hypothesis.someIdle()) {
        takeProbe(hypothesis, item, next);
      } else {
        successors(hypothesis, item, next);
      }
      if (next.size() == before) {
        contradicted.add(hypothesis);
      }
    }
    if (!next.isEmpty() && !contradicted.isEmpty()) {
      keepWithoutUnseenVsmmu(contradicted, item, next);
    }
    return next;
  }

  /**
   * Whether the item shows the position of a command queue. If that is not the expected one, lines
   * may be missing, and there need not be a second vSMMU.
   */
  private static boolean showsQueuePosition(TraceItem item) {
    return item instanceof TraceItem.Access
        || (item instanceof TraceItem.Read read
            && read.read().offset() == Register.CMDQ_CONS.offset());
  }

  /**
   * Whether the item is the first read of a driver that probes its SMMU: IDR0 (Linux arm-smmu-v3.c,
   * arm_smmu_device_hw_probe).
   */
  private static boolean startsProbe(TraceItem item) {
    return item instanceof TraceItem.Read read && read.read().offset() == Register.IDR0.offset();
  }

  /**
   * A contradicted hypothesis may only lack a vSMMU that has not been seen by itself. It is kept if
   * it supposes fewer vSMMUs than the hypotheses that are not contradicted.
   */
  private void keepWithoutUnseenVsmmu(
      List<Hypothesis> contradicted, TraceItem item, List<Hypothesis> next) {
    int fewest = next.stream().mapToInt(Hypothesis::vsmmus).min().orElse(0);
    for (Hypothesis hypothesis : contradicted) {
      if (hypothesis.vsmmus() < fewest && hypothesis.mayLackVsmmu(evidence)) {
        hypothesis.linesMissing(unsettled(), 0, evidence);
        takeIfCertain(hypothesis, item);
        next.add(hypothesis);
      }
    }
  }

  private void takeIfCertain(Hypothesis hypothesis, TraceItem item) {
    List<Long> options = hypothesis.options(item, evidence);
    hypothesis.take(
        item, options.size() == 1 ? options.getFirst() : Hypothesis.UNDECIDED, evidence);
  }

  private void successors(Hypothesis hypothesis, TraceItem item, List<Hypothesis> next) {
    if (item instanceof TraceItem.Access access && !evidence.exactlyOne()) {
      hypothesis.discardIndistinctFrom(access, evidence);
    }
    List<Long> options = hypothesis.options(item, evidence);
    boolean onlyOneMore = options.size() == 1 && options.getFirst() == evidence.nextId();
    if (onlyOneMore
        && item instanceof TraceItem.Access access
        && access.viommu() == null
        && hypothesis.vsmmus() > 0
        && hypothesis.mayLackVsmmu(evidence)) {
      // The other explanation: it is a known vSMMU, of which lines are missing.
      Hypothesis withMissingLines = hypothesis.copy();
      withMissingLines.linesMissing(unsettled(), 0, evidence);
      takeIfCertain(withMissingLines, item);
      next.add(withMissingLines);
    }
    for (long option : options) {
      Hypothesis successor = options.size() == 1 ? hypothesis : hypothesis.copy();
      if (option == evidence.nextId() && item instanceof TraceItem.Access) {
        // It existed unseen, so items attributed to others by their queue position may be its own.
        successor.withdrawOwners(unsettled(), 0, evidence);
      }
      successor.take(item, option, evidence);
      next.add(successor);
    }
  }

  /**
   * Takes a probe although every vSMMU's command queue is enabled: the lines of a machine reset may
   * be missing, which is one explanation beside a further vSMMU.
   */
  private void takeProbe(Hypothesis hypothesis, TraceItem item, List<Hypothesis> next) {
    boolean expected = evidence.expectsMoreThan(hypothesis.vsmmus());
    if (!expected) {
      evidence.resetMayBeIncomplete();
    }
    boolean settingUp = hypothesis.someBeingSetUp();
    if (!settingUp && !evidence.countIsExact() && !hypothesis.allDistinct(evidence)) {
      hypothesis.discardIndistinct(evidence);
    } else if (settingUp || !expected) {
      Hypothesis reset = hypothesis.copy();
      reset.resetUnseen();
      successors(reset, item, next);
    }
    successors(hypothesis, item, next);
  }

  /** The hypotheses after all were contradicted: lines are missing, or a further vSMMU exists. */
  private List<Hypothesis> explainByMissingLines(TraceItem item) {
    evidence.linesMissing();
    if (!showsQueuePosition(item)) {
      evidence.resetMayBeIncomplete();
    }
    List<Hypothesis> next = new ArrayList<>();
    for (Hypothesis hypothesis : hypotheses) {
      if (!evidence.countIsExact() && !hypothesis.allDistinct(evidence)) {
        hypothesis.discardIndistinct(evidence);
        List<Hypothesis> without = new ArrayList<>();
        successors(hypothesis, item, without);
        if (!without.isEmpty()) {
          next.addAll(without);
          continue;
        }
      }
      if (hypothesis.explainedByAnotherVsmmu(item, evidence)) {
        Hypothesis withAnother = hypothesis.copy();
        withAnother.withdrawOwners(unsettled(), 0, evidence);
        withAnother.take(item, evidence.nextId(), evidence);
        next.add(withAnother);
      }
      List<TraceItem> unsettled = unsettled();
      hypothesis.linesMissing(
          unsettled, hypothesis.missingFrom(item, unsettled, evidence), evidence);
      takeIfCertain(hypothesis, item);
      next.add(hypothesis);
    }
    return next;
  }

  private List<TraceItem> unsettled() {
    return List.copyOf(pending);
  }

  /** Lines are missing just before the current item, so the state of each vSMMU is unknown. */
  private void forgetStates() {
    evidence.linesMissing();
    List<TraceItem> unsettled = unsettled();
    hypotheses.forEach(h -> h.linesMissing(unsettled, unsettled.size(), evidence));
    hypotheses = distinct(hypotheses);
  }

  /** Merges hypotheses that no further item can distinguish. */
  private List<Hypothesis> distinct(List<Hypothesis> all) {
    List<Hypothesis> distinct = new ArrayList<>();
    for (Hypothesis hypothesis : all) {
      boolean merged = false;
      for (Hypothesis kept : distinct) {
        if (kept.sameFuture(hypothesis)) {
          kept.merge(hypothesis, evidence);
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

  private void mergeAll() {
    // They agree about the least number of vSMMUs, even if not about the owner of each item.
    int fewest = hypotheses.stream().mapToInt(Hypothesis::vsmmus).min().orElse(0);
    evidence.atLeast(fewest);
    Hypothesis best = hypotheses.getFirst();
    for (Hypothesis other : hypotheses.subList(1, hypotheses.size())) {
      best.merge(other, evidence);
    }
    hypotheses = new ArrayList<>(List.of(best));
  }

  /** Settles the oldest items until {@code left} remain or the hypotheses differ about one. */
  private void settle(int left) {
    while (pending.size() > left) {
      final long owner = hypotheses.getFirst().oldestOwner();
      for (Hypothesis hypothesis : hypotheses) {
        if (hypothesis.oldestOwner() != owner) {
          return;
        }
      }
      TraceItem item = pending.removeFirst();
      boolean undecidable =
          item.ofGuest() && !alone() && (evidence.manyIncomplete() || evidence.eventsNotTraced());
      boolean withoutEvidence =
          owner >= 0
              && !evidence.established(owner)
              && !evidence.exactlyOne()
              && !explainedByOne
              && !hypotheses.stream().allMatch(h -> h.hasEvidence(owner));
      long decided = undecidable || withoutEvidence ? Hypothesis.UNDECIDED : owner;
      hypotheses.forEach(h -> h.settledOldest(item, decided));
      if (decided >= 0) {
        evidence.establish(decided);
        if (item instanceof TraceItem.Access access) {
          evidence.owners().learn(decided, access);
        }
      }
      settled.settle(item, decided);
    }
  }

  /** Settles all items at the end of the recording; what is undecided now remains so. */
  void finish() {
    mergeAll();
    // One vSMMU explains the whole recording, no line is missing, no sign of a second one.
    explainedByOne = alone() && !evidence.everLost();
    settle(0);
  }
}
