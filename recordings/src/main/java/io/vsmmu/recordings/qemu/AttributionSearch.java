package io.vsmmu.recordings.qemu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Finds whose each item is. QEMU prints no instance's name, so the search keeps every explanation
 * that the evidence leaves within {@link #MARGIN} of the best one: vIOMMU ids, Stream tables,
 * StreamIDs, identification registers, register values and queue indexes either fit a vSMMU or
 * count against the explanation. An item is settled when all explanations left agree about it;
 * where they cannot be told apart any more, or too much waits for that, it is nobody's. After lines
 * that are missing every explanation pays the same, and the next line that names something decides.
 */
final class AttributionSearch {

  /** By how many contradictions an explanation may be worse than the best one and still count. */
  static final int MARGIN = 1;

  /** Takes items, in the order of the trace, when it is known whose they are. */
  interface Settled {
    /**
     * @param owner index of the vSMMU, or a constant of {@link Hypothesis}
     */
    void settle(TraceItem item, long owner);
  }

  /** What the recording has shown that concerns all explanations. */
  static final class Knowledge {
    private final KernelObjects objects;
    private final KnownOwners owners = new KnownOwners();
    private int expected;
    private boolean queueTraced;
    private long accesses;
    private long torn;
    private boolean resetsTraced;
    private boolean fromStart;
    private boolean readsTraced;
    private boolean writesTraced;
    private boolean consumptionTraced;

    Knowledge(KernelObjects objects) {
      this.objects = objects;
    }

    KnownOwners owners() {
      return owners;
    }

    /** Whether lines of command queues are in the recording. */
    boolean queueTraced() {
      return queueTraced;
    }

    /** Whether something has shown that there are more than {@code count} vSMMUs. */
    boolean expectsMoreThan(int count) {
      return Math.max(expected, objects.viommusAlive()) > count;
    }

    /** Whether a machine reset has shown how many there are. */
    boolean counted() {
      return expected > 0;
    }

    /** Whether the VMM is of a kind that can have several. */
    boolean severalLikely() {
      return resetsTraced || !objects.viommus().isEmpty();
    }

    /**
     * Whether so many accesses lack lines that the lines cannot be in the order in which QEMU
     * prints them: then lines that follow one another need not be of the same access.
     */
    boolean torn() {
      return torn >= TraceLimits.TORN_ACCESSES && torn * TraceLimits.TORN_SHARE >= accesses;
    }

    /** Whether the recording begins with the start of the machine. */
    boolean fromStart() {
      return fromStart;
    }

    /**
     * Whether events were not traced without which several vSMMUs cannot be told apart: reads show
     * the probes, writes and consumption where each one's queue is.
     */
    boolean untraced() {
      return !readsTraced || !writesTraced || !consumptionTraced;
    }

    private void see(TraceItem item) {
      switch (item) {
        case TraceItem.Access access -> {
          queueTraced |= access.consumes();
          writesTraced |= access.write() != null;
          consumptionTraced |= access.consumes() && access.from() != access.open().next();
          accesses++;
          torn += access.suspect() ? 1 : 0;
        }
        case TraceItem.Resets resets -> {
          resetsTraced = true;
          fromStart |= resets.first();
          if (resets.first() || resets.distinct()) {
            expected = Math.max(expected, resets.lines());
          }
        }
        case TraceItem.Read _ -> readsTraced = true;
        case TraceItem.Write _ -> writesTraced = true;
        default -> {}
      }
    }
  }

  private final Knowledge known;
  private final Settled settled;
  private final Deque<TraceItem> pending = new ArrayDeque<>();
  private List<Hypothesis> hypotheses = new ArrayList<>(List.of(new Hypothesis()));

  AttributionSearch(KernelObjects objects, Settled settled) {
    this.known = new Knowledge(objects);
    this.settled = settled;
  }

  KnownOwners owners() {
    return known.owners();
  }

  /** Whether the recording shows one vSMMU and nothing that speaks of more. */
  boolean alone() {
    return hypotheses.size() == 1
        && hypotheses.getFirst().vsmmus() <= 1
        && !known.expectsMoreThan(1);
  }

  /** Takes the next item of the trace. */
  void take(TraceItem item) {
    known.see(item);
    pending.add(item);
    if (hypotheses.size() == 1) {
      Hypothesis only = hypotheses.getFirst();
      List<Hypothesis.Option> options = only.options(item, known);
      if (options.size() == 1) {
        only.take(item, options.getFirst());
        only.cheaper(only.cost());
        settle();
        return;
      }
    }
    hypotheses = distinct(withinMargin(successors(item)));
    if (hypotheses.size() > TraceLimits.HYPOTHESES
        || pending.size() > TraceLimits.UNDECIDED_ITEMS) {
      blendAll();
    }
    settle();
  }

  private List<Hypothesis> successors(TraceItem item) {
    List<Hypothesis> next = new ArrayList<>();
    for (Hypothesis hypothesis : hypotheses) {
      List<Hypothesis.Option> options = hypothesis.options(item, known);
      for (Hypothesis.Option option : options) {
        Hypothesis successor = options.size() == 1 ? hypothesis : hypothesis.copy();
        successor.take(item, option);
        next.add(successor);
      }
    }
    return next;
  }

  private static List<Hypothesis> withinMargin(List<Hypothesis> all) {
    int best = all.stream().mapToInt(Hypothesis::cost).min().orElse(0);
    List<Hypothesis> within = new ArrayList<>();
    for (Hypothesis hypothesis : all) {
      hypothesis.cheaper(best);
      if (hypothesis.cost() <= MARGIN) {
        within.add(hypothesis);
      }
    }
    return within;
  }

  /** Explanations that nothing later can tell apart become one. */
  private static List<Hypothesis> distinct(List<Hypothesis> all) {
    all.sort((a, b) -> Integer.compare(a.cost(), b.cost()));
    List<Hypothesis> distinct = new ArrayList<>();
    for (Hypothesis hypothesis : all) {
      boolean merged = false;
      for (Hypothesis kept : distinct) {
        if (kept.sameFuture(hypothesis)) {
          kept.blend(hypothesis);
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
    Hypothesis best = hypotheses.getFirst();
    for (Hypothesis other : hypotheses.subList(1, hypotheses.size())) {
      best.blend(other);
    }
    hypotheses = new ArrayList<>(List.of(best));
  }

  private void settle() {
    settle(alone() ? 0 : TraceLimits.SETTLING_ITEMS);
  }

  /** Settles the oldest items but {@code left}, as far as all explanations agree about them. */
  private void settle(int left) {
    while (pending.size() > left) {
      long owner = hypotheses.getFirst().oldestOwner();
      for (Hypothesis hypothesis : hypotheses) {
        if (hypothesis.oldestOwner() != owner) {
          return;
        }
      }
      hypotheses.forEach(Hypothesis::settledOldest);
      TraceItem item = pending.removeFirst();
      boolean ofGuest =
          switch (item) {
            case TraceItem.Access _, TraceItem.Read _, TraceItem.Write _ -> true;
            default -> false;
          };
      boolean noEvidence = ofGuest && !alone() && (known.torn() || known.untraced());
      settled.settle(item, noEvidence ? Hypothesis.UNDECIDED : owner);
    }
  }

  /** The recording is over: what is not decided now never will be. */
  void finish() {
    Hypothesis best = hypotheses.getFirst();
    if (best.vsmmus() <= 1 && !known.expectsMoreThan(1)) {
      hypotheses.removeIf(h -> h.cost() > best.cost());
    }
    blendAll();
    settle(0);
  }
}
