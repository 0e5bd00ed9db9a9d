package io.vsmmu.recordings.qemu;

import java.util.HashSet;
import java.util.Set;

/**
 * What the recording has shown that concerns all explanations of {@link AttributionSearch}: how
 * many vSMMUs there are, which events are traced, what is settled.
 */
final class SharedKnowledge {
  private final KernelObjects objects;
  private final KnownOwners owners = new KnownOwners();
  private final Set<Long> established = new HashSet<>();
  private long items;
  private long line;
  private int atLeast;
  private boolean exact;
  private boolean lost;
  private boolean everLost;
  private long sinceReset;
  private boolean queueTraced;
  private long accesses;
  private long torn;
  private boolean readsTraced;
  private boolean writesTraced;
  private boolean consumptionTraced;

  SharedKnowledge(KernelObjects objects) {
    this.objects = objects;
  }

  KnownOwners owners() {
    return owners;
  }

  /** The id of a vSMMU that is born with the current item. */
  long newborn() {
    return items;
  }

  /** The first line of the current item. */
  long line() {
    return line;
  }

  /** Whether something is settled as this vSMMU's. */
  boolean established(long id) {
    return established.contains(id);
  }

  /** Whether lines of command queues are in the recording. */
  boolean queueTraced() {
    return queueTraced;
  }

  private int atLeast() {
    return Math.max(atLeast, objects.viommusAtOnce());
  }

  /** Whether something has shown that there are more than {@code count} vSMMUs. */
  boolean expectsMoreThan(int count) {
    return atLeast() > count;
  }

  /** Whether there are no more vSMMUs than have been shown: a whole machine reset tells. */
  boolean countIsExact() {
    return exact;
  }

  /**
   * Whether there is one vSMMU for sure: a machine reset was of one, and the guest's accesses went
   * on from one another for a while after it.
   */
  boolean exactlyOne() {
    return toldOne() && sinceReset >= TraceLimits.SETTLING_ITEMS;
  }

  /** Whether a machine reset was of one vSMMU, and nothing has spoken against it. */
  boolean toldOne() {
    return exact && atLeast() == 1;
  }

  /** Lines can be missing of the machine reset that told how many there are. */
  void resetDoubted() {
    exact &= sinceReset >= TraceLimits.SETTLING_ITEMS;
  }

  /** Lines are missing before the current item. */
  void linesMissing() {
    lost = true;
    everLost = true;
    objects.linesMissing();
  }

  /**
   * Whether so many accesses lack lines that the lines cannot be in the order in which QEMU prints
   * them: then lines that follow one another need not be of the same access.
   */
  boolean torn() {
    return torn >= TraceLimits.TORN_ACCESSES && torn * TraceLimits.TORN_SHARE >= accesses;
  }

  /**
   * Whether events were not traced without which several vSMMUs cannot be told apart: reads show
   * the probes, writes and consumption where each one's queue is.
   */
  boolean untraced() {
    return !readsTraced || !writesTraced || !consumptionTraced;
  }

  /** Takes note of the next item. */
  void see(TraceItem item) {
    items++;
    line = item.lines() == 0 ? line : item.number(0);
    switch (item) {
      case TraceItem.Access access -> {
        queueTraced |= access.consumes();
        writesTraced |= access.write() != null;
        consumptionTraced |= access.consumes() && access.from() != access.open().next();
        accesses++;
        torn += access.suspect() ? 1 : 0;
      }
      case TraceItem.Resets resets -> {
        // A machine reset prints one line for each vSMMU.
        boolean exactNow = resets.whole() && !lost && resets.vsmmus() >= atLeast();
        sinceReset = exactNow && !exact ? 0 : sinceReset;
        exact |= exactNow;
        atLeast = Math.max(atLeast, resets.vsmmus());
        lost = false;
      }
      case TraceItem.Read _ -> readsTraced = true;
      case TraceItem.Write _ -> writesTraced = true;
      default -> {}
    }
    lost &= !item.ofGuest();
    sinceReset += item.ofGuest() ? 1 : 0;
  }

  /** Something is settled as this vSMMU's. */
  void establish(long id) {
    established.add(id);
  }

  /** All explanations have at least so many vSMMUs. */
  void atLeast(int count) {
    atLeast = Math.max(atLeast, count);
  }

  /** There are more vSMMUs than the machine reset told: lines of it are missing. */
  void resetRefuted() {
    exact = false;
  }

  /** Whether lines have been found to be missing. */
  boolean everLost() {
    return everLost;
  }
}
