package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.List;

/**
 * One way to explain the recording so far: which vSMMUs there are, how they stand, and whose each
 * item is that is not settled yet. Its cost counts what contradicts it.
 */
final class Hypothesis {

  /** Whose an item is not known. */
  static final long UNDECIDED = -1;

  /** All vSMMUs: a machine reset. */
  static final long EVERY = -2;

  /** With the bits of those vSMMUs that a reset is of. */
  static final long SOME = Long.MIN_VALUE;

  private static final int MOST_IN_SOME = 62;

  private static final int NONE = -1;

  /**
   * One answer to whose the next item is.
   *
   * @param owner index of the vSMMU, the number of vSMMUs for one more, or one of the constants
   */
  record Option(long owner, int cost) {}

  private final List<SupposedSmmu> smmus;
  private final List<Long> owners;
  private int cost;
  private int born = NONE;
  private int ofBorn;
  private int ofOthers;
  private boolean bornUncalledFor;

  Hypothesis() {
    this.smmus = new ArrayList<>();
    this.owners = new ArrayList<>();
  }

  private Hypothesis(Hypothesis of) {
    this.smmus = new ArrayList<>();
    of.smmus.forEach(smmu -> smmus.add(smmu.copy()));
    this.owners = new ArrayList<>(of.owners);
    this.cost = of.cost;
    this.born = of.born;
    this.ofBorn = of.ofBorn;
    this.ofOthers = of.ofOthers;
    this.bornUncalledFor = of.bornUncalledFor;
  }

  Hypothesis copy() {
    return new Hypothesis(this);
  }

  int cost() {
    return cost;
  }

  void cheaper(int by) {
    cost -= by;
  }

  int vsmmus() {
    return smmus.size();
  }

  SupposedSmmu vsmmu(int index) {
    return smmus.get(index);
  }

  /** Whose the oldest item is that is not settled. */
  long oldestOwner() {
    return owners.getFirst();
  }

  void settledOldest() {
    owners.removeFirst();
  }

  /** Whether both explain everything from here on alike. */
  boolean sameFuture(Hypothesis other) {
    if (smmus.size() != other.smmus.size() || born != other.born) {
      return false;
    }
    for (int i = 0; i < smmus.size(); i++) {
      if (!smmus.get(i).same(other.smmus.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Takes in another explanation: whatever they differ about is not known. */
  void blend(Hypothesis other) {
    for (int i = 0; i < owners.size(); i++) {
      if (!owners.get(i).equals(other.owners.get(i))) {
        owners.set(i, UNDECIDED);
      }
    }
    for (int i = 0; i < smmus.size(); i++) {
      if (i >= other.smmus.size() || !smmus.get(i).same(other.smmus.get(i))) {
        smmus.get(i).lose();
      }
    }
  }

  // What the next item may be

  List<Option> options(TraceItem item, AttributionSearch.Knowledge known) {
    if (known.torn() && smmus.size() + (known.expectsMoreThan(1) ? 1 : 0) > 1 && !named(item)) {
      return List.of(new Option(UNDECIDED, 0));
    }
    List<Option> all =
        switch (item) {
          case TraceItem.Access access -> ofAccess(access, known);
          case TraceItem.Write write -> ofWrite(write.write(), known);
          case TraceItem.Read read when RegisterKnowledge.isId(read.read().offset()) ->
              ofIdRead(read.read(), known);
          case TraceItem.Read read -> List.of(ofRead(read.read(), known));
          case TraceItem.Resets resets -> List.of(new Option(ofResets(resets), 0));
          case TraceItem.Host host -> List.of(new Option(ofHost(host), 0));
          case TraceItem.Device _, TraceItem.Stream _ -> List.of(new Option(UNDECIDED, 0));
        };
    int best = all.stream().mapToInt(Option::cost).min().orElse(0);
    return all.stream().filter(o -> o.cost() <= best + AttributionSearch.MARGIN).toList();
  }

  /** Whether the item can be told by more than the order of lines. */
  private static boolean named(TraceItem item) {
    return switch (item) {
      case TraceItem.Access _, TraceItem.Read _, TraceItem.Write _ -> false;
      case TraceItem.Resets _, TraceItem.Host _, TraceItem.Device _, TraceItem.Stream _ -> true;
    };
  }

  private boolean roomForMore() {
    return smmus.size() < TraceLimits.VSMMUS;
  }

  private List<Option> ofAccess(TraceItem.Access access, AttributionSearch.Knowledge known) {
    if (smmus.isEmpty()) {
      return List.of(new Option(0, 0));
    }
    boolean alone = smmus.size() == 1 && !known.expectsMoreThan(1);
    if (access.suspect() && !alone) {
      return List.of(new Option(UNDECIDED, 0));
    }
    List<Option> options = new ArrayList<>();
    KernelObjects.Viommu named = access.viommu();
    boolean bound = false;
    int least = SupposedSmmu.IMPOSSIBLE;
    boolean identified = named != null || access.table() != TraceLine.NONE;
    for (int i = 0; i < smmus.size(); i++) {
      identified |= known.owners().names(i, access);
    }
    for (int i = 0; i < smmus.size(); i++) {
      SupposedSmmu smmu = smmus.get(i);
      bound |= named != null && smmu.viommu() == named;
      int fit = smmu.cost(access, known.queueTraced()) + known.owners().cost(i, access);
      fit += named != null && smmu.viommu() == null && fit > 0 && !alone ? 2 : 0;
      fit += namedByAnother(access, i) ? SupposedSmmu.IMPOSSIBLE : 0;
      least = Math.min(least, fit);
      boolean told = alone || !smmu.lost() || identified;
      if (fit < SupposedSmmu.IMPOSSIBLE) {
        options.add(new Option(told ? i : UNDECIDED, fit));
      }
    }
    if (options.stream().anyMatch(o -> o.owner() < 0)) {
      // One whose queue could be anywhere may have done it, however well another fits.
      return List.of(new Option(UNDECIDED, 0));
    }
    if (roomForMore() && !bound && access.consumes()) {
      if (options.isEmpty()
          || known.expectsMoreThan(smmus.size())
          || (named != null && least > 0)) {
        options.add(new Option(smmus.size(), 1));
      } else if (least >= 1) {
        options.add(new Option(smmus.size(), known.counted() ? 4 : 2));
      }
    }
    return options.isEmpty() ? List.of(new Option(UNDECIDED, 0)) : options;
  }

  /** Whether the access names the vIOMMU or Stream table of a vSMMU other than this one. */
  private boolean namedByAnother(TraceItem.Access access, int self) {
    KernelObjects.Viommu named = access.viommu();
    for (int i = 0; i < smmus.size(); i++) {
      if (i != self && named != null && smmus.get(i).viommu() == named) {
        return true;
      }
    }
    return false;
  }

  private List<Option> ofWrite(TraceLine.WriteRegister write, AttributionSearch.Knowledge known) {
    if (smmus.isEmpty()) {
      return List.of(new Option(0, 0));
    }
    List<Option> options = new ArrayList<>();
    for (int i = 0; i < smmus.size(); i++) {
      options.add(new Option(i, smmus.get(i).cost(write, known.queueTraced())));
    }
    int least = options.stream().mapToInt(Option::cost).min().orElse(0);
    if (least > 0 && known.expectsMoreThan(smmus.size())) {
      return List.of(new Option(UNDECIDED, 0));
    }
    boolean setsUp = initialisation(write.offset()) || RegisterKnowledge.queueSetUp(write.offset());
    return setsUp ? preferInitialising(options, 1) : options;
  }

  /**
   * A driver that is setting its SMMU up is at it without a pause; others have no reason to.
   *
   * @param most how badly the access may fit the SMMU that is being set up
   */
  private List<Option> preferInitialising(List<Option> options, int most) {
    boolean any =
        options.stream()
            .anyMatch(o -> o.cost() <= most && smmus.get((int) o.owner()).initialising());
    return any
        ? options.stream()
            .map(
                o ->
                    smmus.get((int) o.owner()).initialising()
                        ? o
                        : new Option(o.owner(), o.cost() + 3))
            .toList()
        : options;
  }

  private List<Option> ofIdRead(TraceLine.ReadRegister read, AttributionSearch.Knowledge known) {
    List<Option> options = new ArrayList<>();
    boolean starts = read.offset() == Register.IDR0.offset();
    boolean off = false;
    boolean outOfTurn = false;
    for (int i = 0; i < smmus.size(); i++) {
      SupposedSmmu smmu = smmus.get(i);
      int fit = smmu.cost(read);
      if (starts && fit < SupposedSmmu.IMPOSSIBLE) {
        // A guest probes its SMMUs in the same order at each boot.
        fit += outOfTurn ? AttributionSearch.MARGIN + 1 : 0;
        outOfTurn |= known.fromStart() && smmu.awaitsProbe();
      }
      if (starts && smmus.size() > 1 && smmu.queueEnabled()) {
        fit = Math.max(fit, 1);
      }
      if (fit < SupposedSmmu.IMPOSSIBLE) {
        off |= smmu.certainlyOff();
        options.add(new Option(i, fit));
      }
    }
    if (smmus.isEmpty() || options.isEmpty()) {
      options.add(new Option(smmus.size(), starts ? 0 : 1));
    } else if (starts && roomForMore()) {
      int oneMore =
          known.expectsMoreThan(smmus.size())
              ? 0
              : off || known.counted() ? 2 : known.severalLikely() ? 0 : 1;
      oneMore += outOfTurn ? AttributionSearch.MARGIN + 1 : 0;
      options.add(new Option(smmus.size(), oneMore));
    }
    return options;
  }

  /** A read changes nothing, so it is no reason for another hypothesis. */
  private Option ofRead(TraceLine.ReadRegister read, AttributionSearch.Knowledge known) {
    if (smmus.isEmpty()) {
      return new Option(0, 0);
    }
    List<Option> options = new ArrayList<>();
    for (int i = 0; i < smmus.size(); i++) {
      options.add(new Option(i, smmus.get(i).cost(read)));
    }
    if (initialisation(read.offset())) {
      options = preferInitialising(options, SupposedSmmu.IMPOSSIBLE);
    }
    int least = options.stream().mapToInt(Option::cost).min().orElse(0);
    if (least > 0 && known.expectsMoreThan(smmus.size())) {
      return new Option(UNDECIDED, least);
    }
    List<Option> best = options.stream().filter(o -> o.cost() == least).toList();
    if (best.size() > 1 && read.offset() == Register.CMDQ_CONS.offset()) {
      List<Option> polled =
          best.stream().filter(o -> smmus.get((int) o.owner()).awaitsPoll()).toList();
      best = polled.isEmpty() ? best : polled;
    }
    return new Option(best.size() == 1 ? best.getFirst().owner() : UNDECIDED, least);
  }

  private long ofResets(TraceItem.Resets resets) {
    if (resets.lines() >= smmus.size()) {
      return EVERY;
    }
    long some = SOME;
    int found = 0;
    for (int i = 0; i < Math.min(smmus.size(), MOST_IN_SOME); i++) {
      KernelObjects.Viommu own = smmus.get(i).viommu();
      if (own != null && resets.viommus().contains(own)) {
        some |= 1L << i;
        found++;
      }
    }
    return found == resets.lines() ? some : UNDECIDED;
  }

  private long ofHost(TraceItem.Host host) {
    for (int i = 0; i < smmus.size(); i++) {
      if (host.viommu() != null && smmus.get(i).viommu() == host.viommu()) {
        return i;
      }
    }
    return UNDECIDED;
  }

  // What the next item is

  void take(TraceItem item, Option option) {
    cost += option.cost();
    owners.add(option.owner());
    long owner = option.owner();
    if (item instanceof TraceItem.Resets) {
      reset(owner);
      return;
    }
    if (owner < 0) {
      if (item instanceof TraceItem.Access) {
        smmus.forEach(SupposedSmmu::lose);
      }
      return;
    }
    boolean isBorn = owner == smmus.size();
    if (isBorn) {
      smmus.add(new SupposedSmmu());
    }
    SupposedSmmu smmu = smmus.get((int) owner);
    if (isBorn && item instanceof TraceItem.Read read && read.read().offset() == 0) {
      smmu.startAfresh();
    }
    switch (item) {
      case TraceItem.Access access -> {
        boolean joins = isBorn && access.viommu() == null && smmus.size() > 1;
        smmu.apply(access);
        smmu.found();
        aged(joins, owner, option.cost() > 1);
      }
      case TraceItem.Write write -> smmu.apply(write.write());
      case TraceItem.Read read -> smmu.apply(read.read());
      default -> {}
    }
  }

  private void reset(long owner) {
    for (int i = 0; i < smmus.size(); i++) {
      if (owner == EVERY || (owner < EVERY && (owner & (1L << i)) != 0)) {
        smmus.get(i).reset();
      } else if (owner == UNDECIDED) {
        smmus.get(i).maybeReset();
      }
    }
  }

  /**
   * A vSMMU that is supposed only because an access would fit it is not, when it is silent from
   * there on, or when nothing but the access called for it and all others are silent: then lines
   * are missing.
   */
  private void aged(boolean joins, long owner, boolean uncalledFor) {
    if (joins) {
      born = (int) owner;
      ofBorn = 0;
      ofOthers = 0;
      bornUncalledFor = uncalledFor;
      return;
    }
    if (born == NONE) {
      return;
    }
    if (owner == born) {
      ofBorn++;
    } else {
      ofOthers++;
    }
    boolean silent = ofBorn == 0 && ofOthers > TraceLimits.SILENT_ACCESSES;
    boolean alone = bornUncalledFor && ofOthers == 0 && ofBorn > TraceLimits.SILENT_ACCESSES;
    cost += silent || alone ? 2 : 0;
    if (silent || alone || (ofBorn > 0 && ofOthers > 0)) {
      born = NONE;
    }
  }

  /** Whether a driver touches the register only when it sets the SMMU up or shuts it down. */
  private static boolean initialisation(int offset) {
    return Register.at(offset, 4)
        .map(
            access ->
                switch (access.register()) {
                  case CMDQ_PROD, CMDQ_CONS, EVENTQ_PROD, EVENTQ_CONS, PRIQ_PROD, PRIQ_CONS ->
                      false;
                  case GERROR, GERRORN, STATUSR -> false;
                  default -> true;
                })
        .orElse(false);
  }
}
