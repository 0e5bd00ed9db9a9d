package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One way to explain the recording so far without a contradiction: which vSMMUs there are, how they
 * stand, and whose each item is that is not settled yet.
 */
final class Hypothesis {

  /** Whose an item is not known. */
  static final long UNDECIDED = -1;

  /** All vSMMUs: a machine reset. */
  static final long EVERY = -2;

  private static final long UNBORN = -3;

  private final List<SupposedSmmu> smmus;
  private final List<Long> owners;

  /** How one that has not been seen stands. */
  private SupposedSmmu unseen;

  /** The vSMMU of the item taken last, if that was an access that the guest polls for. */
  private long polled = UNDECIDED;

  Hypothesis() {
    this.smmus = new ArrayList<>();
    this.owners = new ArrayList<>();
    this.unseen = new SupposedSmmu(UNBORN);
  }

  private Hypothesis(Hypothesis of) {
    this.smmus = new ArrayList<>();
    of.smmus.forEach(smmu -> smmus.add(smmu.copy()));
    this.owners = new ArrayList<>(of.owners);
    this.unseen = of.unseen.copy();
    this.polled = of.polled;
  }

  Hypothesis copy() {
    return new Hypothesis(this);
  }

  int vsmmus() {
    return smmus.size();
  }

  /** Whose the oldest item is that is not settled. */
  long oldestOwner() {
    return owners.getFirst();
  }

  /** The oldest item is settled as {@code owner}'s. */
  void settledOldest(TraceItem item, long owner) {
    owners.removeFirst();
    SupposedSmmu smmu = of(owner);
    if (smmu != null && item instanceof TraceItem.Access access) {
      smmu.streams().removeAll(access.streams());
    }
  }

  private @Nullable SupposedSmmu of(long id) {
    for (SupposedSmmu smmu : smmus) {
      if (smmu.id() == id) {
        return smmu;
      }
    }
    return null;
  }

  /** Whether both allow the same items from here on. */
  boolean sameFuture(Hypothesis other) {
    if (smmus.size() != other.smmus.size() || polled != other.polled) {
      return false;
    }
    for (int i = 0; i < smmus.size(); i++) {
      if (!smmus.get(i).same(other.smmus.get(i))) {
        return false;
      }
    }
    return unseen.same(other.unseen);
  }

  /** Takes in another explanation: whatever they differ about is not known. */
  void blend(Hypothesis other, SharedKnowledge known) {
    for (int i = 0; i < owners.size(); i++) {
      if (!owners.get(i).equals(other.owners.get(i))) {
        owners.set(i, UNDECIDED);
      }
    }
    boolean alike = smmus.size() == other.smmus.size();
    for (SupposedSmmu smmu : smmus) {
      SupposedSmmu same = other.of(smmu.id());
      if (same == null) {
        alike = false;
        smmu.lose(known.line());
      } else {
        smmu.blend(same);
      }
    }
    unseen.blend(other.unseen);
    if (!alike) {
      // What only one of them supposes is not seen in the other.
      unseen.lose(known.line());
    }
    polled = polled == other.polled ? polled : UNDECIDED;
    dropUnfounded(known);
  }

  /** A vSMMU that nothing is attributed to is none. */
  private void dropUnfounded(SharedKnowledge known) {
    smmus.removeIf(smmu -> !known.established(smmu.id()) && !owners.contains(smmu.id()));
  }

  // What the next item may be

  /** Whether there can be more vSMMUs than those that were seen. */
  private boolean more(SharedKnowledge known) {
    return smmus.size() < TraceLimits.VSMMUS && known.expectsMoreThan(smmus.size());
  }

  private boolean open(SharedKnowledge known) {
    return smmus.size() < TraceLimits.VSMMUS && !known.countIsExact();
  }

  /**
   * Whose the next item may be: ids of vSMMUs, {@link SharedKnowledge#newborn} for one more, or
   * {@link #UNDECIDED} if that cannot be told and is not worth a hypothesis.
   *
   * @return empty if the item contradicts the hypothesis
   */
  List<Long> options(TraceItem item, SharedKnowledge known) {
    boolean ofGuest = item.ofGuest();
    if (ofGuest && known.exactlyOne()) {
      return List.of(smmus.isEmpty() ? known.newborn() : smmus.getFirst().id());
    }
    if (ofGuest && known.torn() && (smmus.size() > 1 || known.expectsMoreThan(1))) {
      return List.of(UNDECIDED);
    }
    return switch (item) {
      case TraceItem.Access access -> ofAccess(access, known);
      case TraceItem.Write write -> ofWrite(write.write(), known);
      case TraceItem.Read read when RegisterKnowledge.isId(read.read().offset()) ->
          ofIdRead(read.read(), known);
      case TraceItem.Read read -> ofRead(read.read(), known);
      case TraceItem.Resets _ -> List.of(EVERY);
      case TraceItem.Stream stream ->
          !known.toldOne() && contradicts(stream, known) ? List.of() : List.of(UNDECIDED);
      case TraceItem.Host _, TraceItem.Device _ -> List.of(UNDECIDED);
    };
  }

  private List<Long> ofAccess(TraceItem.Access access, SharedKnowledge known) {
    Set<Long> named = named(access, known);
    if (named.size() > 1) {
      return List.of();
    }
    if (named.size() == 1) {
      SupposedSmmu smmu = of(named.iterator().next());
      return smmu == null || smmu.fit(access) == SupposedSmmu.Fit.NO
          ? List.of()
          : List.of(smmu.id());
    }
    List<Long> options = new ArrayList<>();
    boolean continues = false;
    boolean established = false;
    for (SupposedSmmu smmu : smmus) {
      SupposedSmmu.Fit fit =
          withAsidOfAnother(smmu, access) ? SupposedSmmu.Fit.NO : smmu.fit(access);
      continues |= fit == SupposedSmmu.Fit.CONTINUES;
      established |= fit == SupposedSmmu.Fit.CONTINUES && known.established(smmu.id());
      if (fit != SupposedSmmu.Fit.NO) {
        options.add(smmu.id());
      }
    }
    boolean news = access.viommu() != null || !access.streams().isEmpty();
    boolean unknown = !continues || (news && !established && unseen.lost());
    boolean oneMore = more(known) || (unknown && open(known));
    if (oneMore && access.consumes() && unseen.fit(access) != SupposedSmmu.Fit.NO) {
      options.add(known.newborn());
    }
    return options.size() > 1 ? byAsid(options, access) : options;
  }

  /** Whether the stream's STE was read from the table of a vSMMU other than the stream's own. */
  private boolean contradicts(TraceItem.Stream stream, SharedKnowledge known) {
    SupposedSmmu byStream = ofStream(stream.streamId(), known);
    SupposedSmmu byTable = ofTable(stream.table());
    return byStream != null && byTable != null && byStream.id() != byTable.id();
  }

  private @Nullable SupposedSmmu ofStream(int streamId, SharedKnowledge known) {
    for (SupposedSmmu smmu : smmus) {
      if (smmu.streams().contains(streamId)) {
        return smmu;
      }
    }
    return of(known.owners().ofStream(streamId));
  }

  private @Nullable SupposedSmmu ofTable(long table) {
    SupposedSmmu found = null;
    for (SupposedSmmu smmu : smmus) {
      if (table != TraceLine.NONE && smmu.hasTable(table)) {
        if (found != null) {
          return null;
        }
        found = smmu;
      }
    }
    return found;
  }

  /** A translation tells a vSMMU's StreamID by its table, and its ASID by its StreamID. */
  private void learn(TraceItem.Stream stream, SharedKnowledge known) {
    SupposedSmmu byTable = ofTable(stream.table());
    if (byTable != null
        && known.owners().ofStream(stream.streamId()) < 0
        && byTable.streams().size() < TraceLimits.STREAMS) {
      byTable.streams().add(stream.streamId());
    }
    SupposedSmmu byStream = ofStream(stream.streamId(), known);
    if (stream.asid() >= 0 && byStream != null && byStream.asids().size() < TraceLimits.STREAMS) {
      byStream.asids().add(stream.asid());
    }
  }

  /**
   * An access names what nothing has named before, and it may be that of a vSMMU that was not seen
   * yet. A vSMMU that only its queue index ties to the access is given up, as long as nothing is
   * settled of it.
   */
  void doubt(TraceItem.Access access, SharedKnowledge known) {
    boolean news = access.viommu() != null || !access.streams().isEmpty();
    if (news && mayLackOne(known) && named(access, known).isEmpty()) {
      giveUp(known, smmu -> smmu.viommu() == null && smmu.fit(access) != SupposedSmmu.Fit.NO);
    }
  }

  /** The vSMMUs that the access names by their vIOMMU, Stream table or a StreamID. */
  private Set<Long> named(TraceItem.Access access, SharedKnowledge known) {
    Set<Long> named = new HashSet<>();
    KernelObjects.Viommu viommu = access.viommu();
    for (SupposedSmmu smmu : smmus) {
      boolean byHost = viommu != null && smmu.has(viommu);
      boolean byTable = access.table() != TraceLine.NONE && smmu.hasTable(access.table());
      boolean byStream = access.streams().stream().anyMatch(smmu.streams()::contains);
      if (byHost || byTable || byStream) {
        named.add(smmu.id());
      }
    }
    for (int stream : access.streams()) {
      long owner = known.owners().ofStream(stream);
      if (owner >= 0) {
        named.add(owner);
      }
    }
    return named;
  }

  /**
   * Whether the access has an ASID that another vSMMU is known to have and this one is not. Linux
   * gives an ASID to one of its SMMUs at a time; of a guest that does not, both are known to have
   * it soon.
   */
  private boolean withAsidOfAnother(SupposedSmmu self, TraceItem.Access access) {
    for (int asid : access.asids()) {
      if (!self.asids().contains(asid)
          && smmus.stream().anyMatch(other -> other.asids().contains(asid))) {
        return true;
      }
    }
    return false;
  }

  /** Where everything else leaves several, an ASID that one of them has decides. */
  private List<Long> byAsid(List<Long> options, TraceItem.Access access) {
    List<Long> having = new ArrayList<>();
    for (SupposedSmmu smmu : smmus) {
      if (options.contains(smmu.id()) && access.asids().stream().anyMatch(smmu.asids()::contains)) {
        having.add(smmu.id());
      }
    }
    return having.size() == 1 ? having : options;
  }

  private List<Long> ofWrite(TraceLine.WriteRegister write, SharedKnowledge known) {
    int offset = write.offset();
    boolean setsUp =
        RegisterKnowledge.initialisation(offset) || RegisterKnowledge.queueSetUp(offset);
    List<Long> initialising = new ArrayList<>();
    List<Long> options = new ArrayList<>();
    boolean continues = false;
    for (SupposedSmmu smmu : smmus) {
      SupposedSmmu.Fit fit = smmu.fit(write, known.queueTraced());
      if (fit == SupposedSmmu.Fit.NO) {
        continue;
      }
      options.add(smmu.id());
      continues |= fit == SupposedSmmu.Fit.CONTINUES;
      if (setsUp && smmu.initialising() && fit == SupposedSmmu.Fit.CONTINUES) {
        initialising.add(smmu.id());
      }
    }
    if (setsUp && smmus.stream().anyMatch(SupposedSmmu::initialising)) {
      // A driver that is setting its SMMU up is at it without a pause; others have no reason to.
      return initialising;
    }
    boolean oneMore =
        (more(known) || (!continues && open(known)))
            && unseen.fit(write, known.queueTraced()) != SupposedSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(known.newborn());
    }
    if (options.isEmpty()) {
      return oneMore ? List.of(UNDECIDED) : List.of();
    }
    boolean worth = offset == Register.CR0.offset() && continues;
    return oneMore || (options.size() > 1 && !worth) ? List.of(UNDECIDED) : options;
  }

  private List<Long> ofIdRead(TraceLine.ReadRegister read, SharedKnowledge known) {
    if (read.offset() == Register.IDR0.offset()) {
      return ofProbe(read, known);
    }
    List<Long> continuing = new ArrayList<>();
    List<Long> possible = new ArrayList<>();
    for (SupposedSmmu smmu : smmus) {
      switch (smmu.fit(read)) {
        case CONTINUES -> continuing.add(smmu.id());
        case POSSIBLE -> possible.add(smmu.id());
        case NO -> {}
      }
    }
    if (!continuing.isEmpty()) {
      return continuing;
    }
    boolean oneMore = (more(known) || open(known)) && unseen.fit(read) != SupposedSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(known.newborn());
    }
    return possible.isEmpty() && !oneMore ? List.of() : List.of(UNDECIDED);
  }

  /** A driver starts to probe its SMMU: one that is disabled, or that was never seen. */
  private List<Long> ofProbe(TraceLine.ReadRegister read, SharedKnowledge known) {
    List<Long> options = new ArrayList<>();
    List<Long> enabled = new ArrayList<>();
    boolean off = false;
    for (SupposedSmmu smmu : smmus) {
      if (smmu.fit(read) == SupposedSmmu.Fit.NO) {
        continue;
      }
      off |= smmu.certainlyOff();
      (smmu.enabled() ? enabled : options).add(smmu.id());
    }
    if (more(known) || (!off && open(known))) {
      options.add(known.newborn());
    }
    if (!off) {
      // The kernel that collects a crash's data finds its SMMU enabled.
      options.addAll(enabled);
    }
    return options;
  }

  private List<Long> ofRead(TraceLine.ReadRegister read, SharedKnowledge known) {
    int offset = read.offset();
    List<SupposedSmmu> possible = new ArrayList<>();
    List<SupposedSmmu> continuing = new ArrayList<>();
    for (SupposedSmmu smmu : smmus) {
      SupposedSmmu.Fit fit = smmu.fit(read);
      if (fit != SupposedSmmu.Fit.NO) {
        possible.add(smmu);
      }
      if (fit == SupposedSmmu.Fit.CONTINUES) {
        continuing.add(smmu);
      }
    }
    if (RegisterKnowledge.initialisation(offset)
        && smmus.stream().anyMatch(SupposedSmmu::initialising)) {
      continuing.removeIf(smmu -> !smmu.initialising());
      possible.retainAll(continuing);
    }
    boolean setUp =
        RegisterKnowledge.initialisation(offset)
            && smmus.stream().anyMatch(SupposedSmmu::initialising);
    boolean oneMore =
        !setUp
            && (more(known) || (continuing.isEmpty() && open(known)))
            && unseen.fit(read) != SupposedSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(known.newborn());
    }
    if (possible.isEmpty()) {
      return oneMore ? List.of(UNDECIDED) : List.of();
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      return List.of(ofPoll(possible, continuing, oneMore));
    }
    return List.of(possible.size() == 1 && !oneMore ? possible.getFirst().id() : UNDECIDED);
  }

  /** Linux reads CMDQ_CONS after a CMD_SYNC until the SMMU has consumed it. */
  private long ofPoll(List<SupposedSmmu> possible, List<SupposedSmmu> continuing, boolean oneMore) {
    for (SupposedSmmu smmu : continuing) {
      if (smmu.id() == polled) {
        return polled;
      }
    }
    if (oneMore) {
      return UNDECIDED;
    }
    if (possible.size() == 1) {
      return possible.getFirst().id();
    }
    List<SupposedSmmu> polling =
        continuing.size() == possible.size()
            ? continuing.stream().filter(SupposedSmmu::awaitsPoll).toList()
            : List.of();
    return polling.size() == 1 ? polling.getFirst().id() : UNDECIDED;
  }

  // What the next item is

  /** The next item is of one of its {@link #options}. */
  void take(TraceItem item, long owner, SharedKnowledge known) {
    owners.add(owner);
    boolean polls = false;
    if (item instanceof TraceItem.Resets) {
      if (!known.exactlyOne()) {
        // Nothing could tell after the reset which vSMMU it was.
        giveUp(known, smmu -> !smmu.named());
      }
      smmus.forEach(SupposedSmmu::reset);
      unseen.reset();
    } else if (item instanceof TraceItem.Stream stream) {
      learn(stream, known);
    } else if (owner < 0) {
      undecided(item);
    } else {
      SupposedSmmu smmu = of(owner);
      if (smmu == null) {
        smmu = unseen.born(owner);
        smmus.add(smmu);
      }
      switch (item) {
        case TraceItem.Access access -> {
          smmu.apply(access);
          polls = access.endsWithSync();
        }
        case TraceItem.Write write -> smmu.apply(write.write());
        case TraceItem.Read read -> smmu.apply(read.read());
        default -> {}
      }
    }
    polled = polls ? owner : item.ofGuest() ? UNDECIDED : polled;
  }

  private void undecided(TraceItem item) {
    switch (item) {
      case TraceItem.Access access -> {
        smmus.forEach(SupposedSmmu::moved);
        TraceLine.WriteRegister write = access.write();
        if (write != null) {
          smmus.forEach(smmu -> smmu.uncertain(write.offset()));
        }
      }
      case TraceItem.Write write -> smmus.forEach(smmu -> smmu.uncertain(write.write().offset()));
      default -> {}
    }
  }

  // Lines that are missing

  /**
   * Lines are missing before the next item.
   *
   * @param pending the items that are not settled
   * @param from index of the first of them before which the missing lines can have been
   */
  void lose(List<TraceItem> pending, int from, SharedKnowledge known) {
    if (!known.toldOne()) {
      doubt(pending, from, known);
    }
    smmus.forEach(smmu -> smmu.lose(known.line()));
    unseen.lose(known.line());
    polled = UNDECIDED;
    dropUnfounded(known);
  }

  /**
   * Where the lines can be missing without which {@code item} contradicts: after the last item of
   * the vSMMU that it names, since that had gone on until there.
   *
   * @return index of the first of {@code pending} before which they can have been
   */
  int missingFrom(TraceItem item, List<TraceItem> pending, SharedKnowledge known) {
    if (!(item instanceof TraceItem.Access access)) {
      return 0;
    }
    Set<Long> named = named(access, known);
    if (named.size() != 1) {
      return 0;
    }
    long owner = named.iterator().next();
    for (int i = owners.size() - 1; i >= 0; i--) {
      if (owners.get(i) == owner
          && pending.get(i) instanceof TraceItem.Access before
          && names(owner, before, known)) {
        return i;
      }
    }
    return 0;
  }

  /**
   * What was attributed because it went on where a vSMMU stood is not certain any more, unless the
   * vSMMU was named before and after it and had gone on until then.
   *
   * @param from index of the first item that is doubted
   */
  void doubt(List<TraceItem> pending, int from, SharedKnowledge known) {
    Set<Long> namedBefore = new HashSet<>();
    for (int i = 0; i < owners.size(); i++) {
      long owner = owners.get(i);
      TraceItem item = pending.get(i);
      if (owner >= 0 && item instanceof TraceItem.Access access && names(owner, access, known)) {
        namedBefore.add(owner);
      } else if (i >= from
          && owner >= 0
          && item.ofGuest()
          && !known.established(owner)
          && !namedBefore.contains(owner)) {
        owners.set(i, UNDECIDED);
      }
    }
    Set<Long> namedLater = new HashSet<>();
    for (int i = owners.size() - 1; i >= from; i--) {
      long owner = owners.get(i);
      TraceItem item = pending.get(i);
      if (owner < 0 || !item.ofGuest()) {
        continue;
      }
      boolean last = !namedLater.contains(owner);
      if (item instanceof TraceItem.Access access && names(owner, access, known)) {
        namedLater.add(owner);
        if (last && access.open().commands().all() > 1) {
          // Its end may be that of another access, with the lines between them missing.
          owners.set(i, UNDECIDED);
        }
      } else if (last || item instanceof TraceItem.Access) {
        owners.set(i, UNDECIDED);
      }
    }
    smmus.forEach(smmu -> smmu.forgetUnsettled(known));
    for (int i = 0; i < owners.size(); i++) {
      SupposedSmmu smmu = of(owners.get(i));
      if (smmu != null && pending.get(i) instanceof TraceItem.Access access) {
        smmu.streams().addAll(access.streams());
      }
    }
  }

  /**
   * Whether the access names the vSMMU by what has been known before, or by what made it known that
   * there is such a vSMMU.
   */
  private boolean names(long owner, TraceItem.Access access, SharedKnowledge known) {
    if (access.suspect()) {
      return false;
    }
    KernelObjects.Viommu viommu = access.viommu();
    if (viommu != null) {
      long settled = known.owners().ofViommu(viommu);
      SupposedSmmu smmu = Objects.requireNonNull(of(owner));
      boolean own = settled < 0 && (!known.established(owner) || smmu.viommuAtSetUp());
      if (settled == owner || (own && smmu.has(viommu))) {
        return true;
      }
    }
    return access.streams().stream().anyMatch(s -> known.owners().ofStream(s) == owner);
  }

  /**
   * Whether something is supposed of a vSMMU of which nothing is settled and that no vIOMMU tells
   * from others: then it need not be another one than a vSMMU that is found next.
   */
  boolean founded(SharedKnowledge known) {
    return smmus.stream().allMatch(s -> known.established(s.id()) || s.viommu() != null);
  }

  /** Whether more tells of this vSMMU than that an item fitted nothing else. */
  boolean founded(long id) {
    SupposedSmmu smmu = of(id);
    return smmu != null && smmu.founded();
  }

  /** Gives up what is not {@link #founded}. */
  void giveUpUnfounded(SharedKnowledge known) {
    giveUp(known, smmu -> smmu.viommu() == null);
  }

  /**
   * Gives up vSMMUs of which nothing is settled yet: what was supposed to be theirs is nobody's.
   */
  private void giveUp(SharedKnowledge known, Predicate<SupposedSmmu> which) {
    Set<Long> gone = new HashSet<>();
    for (SupposedSmmu smmu : smmus) {
      if (!known.established(smmu.id()) && which.test(smmu)) {
        gone.add(smmu.id());
      }
    }
    owners.replaceAll(owner -> gone.contains(owner) ? UNDECIDED : owner);
    smmus.removeIf(smmu -> gone.contains(smmu.id()));
  }

  /** Whether a vSMMU is not known to be in use, so that its driver can begin with it. */
  boolean someIdle() {
    return smmus.isEmpty() || smmus.stream().anyMatch(smmu -> !smmu.inUse());
  }

  /** Whether a driver has enabled its command queue and not the SMMU yet. */
  boolean someSetUp() {
    return smmus.stream().anyMatch(smmu -> smmu.inUse() && !smmu.enabled());
  }

  /** An access that lacks lines is nobody's, unless there is one vSMMU and it names that. */
  long ofSuspect(TraceItem.Access access) {
    KernelObjects.Viommu viommu = access.viommu();
    SupposedSmmu only = smmus.size() == 1 ? smmus.getFirst() : null;
    return only != null && viommu != null && only.has(viommu) ? only.id() : UNDECIDED;
  }

  /** The machine was reset, but the lines that tell are missing. */
  void resetUnseen() {
    smmus.forEach(SupposedSmmu::reset);
    unseen.reset();
    polled = UNDECIDED;
  }

  /** Whether there may be a vSMMU that nothing tells of. */
  boolean mayLackOne(SharedKnowledge known) {
    return unseen.lost() && (more(known) || open(known));
  }

  /** Nothing but a vSMMU that was never seen before can explain the item, if nothing is missing. */
  boolean explainedByOneMore(TraceItem item, SharedKnowledge known) {
    if (!more(known) && !open(known)) {
      return false;
    }
    return switch (item) {
      case TraceItem.Access access ->
          access.consumes()
              && named(access, known).isEmpty()
              && unseen.fit(access) != SupposedSmmu.Fit.NO;
      default -> false;
    };
  }

  /** The machine's start is in the recording, so that a vSMMU not seen yet is as after a reset. */
  void startsWithMachine() {
    unseen.reset();
  }
}
