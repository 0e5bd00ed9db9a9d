package io.vsmmu.recordings.qemu;

import java.util.HashSet;
import java.util.Set;

/**
 * Evidence of the recording that holds for every {@link Hypothesis}: how many vSMMUs there are,
 * which events are traced, which vSMMUs have settled items.
 */
final class AttributionEvidence {
  private final IommufdObjects objects;
  private final KnownOwners owners = new KnownOwners();
  private final Set<Long> established = new HashSet<>();

  /** The vSMMU of the item that was settled last; -1 before the first one. */
  private long latest = -1;

  private long items;
  private long line;
  private int atLeast;
  private boolean exact;
  private boolean linesLost;
  private boolean everLost;
  private long sinceReset;
  private boolean queueTraced;
  private long accesses;
  private long incompleteAccesses;
  private boolean readsTraced;
  private boolean writesTraced;
  private boolean consumptionTraced;

  AttributionEvidence(IommufdObjects objects) {
    this.objects = objects;
  }

  KnownOwners owners() {
    return owners;
  }

  /** The id of a vSMMU that is first supposed for the current item. */
  long nextId() {
    return items;
  }

  /** The first line of the current item. */
  long line() {
    return line;
  }

  /** Whether an item has been settled for this vSMMU. */
  boolean established(long id) {
    return id == latest || established.contains(id);
  }

  /** Whether the recording has shown lines of command queues. */
  boolean queueTraced() {
    return queueTraced;
  }

  private int atLeast() {
    return Math.max(atLeast, objects.viommusAtOnce());
  }

  /** Whether the recording has shown that there are more than {@code count} vSMMUs. */
  boolean expectsMoreThan(int count) {
    return atLeast() > count;
  }

  /** Whether no further vSMMUs exist: a machine reset that is complete has shown their number. */
  boolean countIsExact() {
    return exact;
  }

  /**
   * Whether there is certainly one vSMMU: a machine reset printed one line, and {@link
   * TraceLimits#SETTLING_ITEMS} guest accesses since then have not contradicted it.
   */
  boolean exactlyOne() {
    return resetShowedOne() && sinceReset >= TraceLimits.SETTLING_ITEMS;
  }

  /** Whether a machine reset printed one line and nothing has contradicted it. */
  boolean resetShowedOne() {
    return exact && atLeast() == 1;
  }

  /** Lines of the machine reset that showed the number of vSMMUs may be missing. */
  void resetMayBeIncomplete() {
    exact &= sinceReset >= TraceLimits.SETTLING_ITEMS;
  }

  /** Lines are missing before the current item. */
  void linesMissing() {
    linesLost = true;
    everLost = true;
    objects.linesMissing();
  }

  /**
   * Whether so many accesses lack lines that the lines cannot be in QEMU's order. Consecutive lines
   * need not be those of one access then.
   */
  boolean manyIncomplete() {
    return incompleteAccesses >= TraceLimits.INCOMPLETE_ACCESSES
        && incompleteAccesses * TraceLimits.INCOMPLETE_SHARE >= accesses;
  }

  /**
   * Whether events are not traced without which several vSMMUs cannot be distinguished: reads show
   * the probes, writes and consumption the position of each command queue.
   */
  boolean eventsNotTraced() {
    return !readsTraced || !writesTraced || !consumptionTraced;
  }

  /** Adds the evidence of the next item. */
  void add(TraceItem item) {
    items++;
    line = item.lines() == 0 ? line : item.number(0);
    switch (item) {
      case TraceItem.Access access -> {
        queueTraced |= access.consumes();
        writesTraced |= access.write() != null;
        consumptionTraced |= access.consumes() && access.from() != access.effects().next();
        accesses++;
        incompleteAccesses += access.incomplete() ? 1 : 0;
      }
      case TraceItem.Resets resets -> {
        // A machine reset prints one line for each vSMMU.
        boolean exactNow = resets.whole() && !linesLost && resets.vsmmus() >= atLeast();
        sinceReset = exactNow && !exact ? 0 : sinceReset;
        exact |= exactNow;
        atLeast = Math.max(atLeast, resets.vsmmus());
        linesLost = false;
      }
      case TraceItem.Read _ -> readsTraced = true;
      case TraceItem.Write _ -> writesTraced = true;
      default -> {}
    }
    linesLost &= !item.ofGuest();
    sinceReset += item.ofGuest() ? 1 : 0;
  }

  /** An item has been settled for this vSMMU. */
  void establish(long id) {
    if (id != latest) {
      established.add(id);
      latest = id;
    }
  }

  /** All hypotheses have at least {@code count} vSMMUs. */
  void atLeast(int count) {
    atLeast = Math.max(atLeast, count);
  }

  /** There are more vSMMUs than the machine reset showed, so lines of the reset are missing. */
  void resetRefuted() {
    exact = false;
  }

  /** Whether any lines were found to be missing. */
  boolean everLost() {
    return everLost;
  }
}
