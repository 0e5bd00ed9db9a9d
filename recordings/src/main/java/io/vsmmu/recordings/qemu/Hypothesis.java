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
 * One explanation of the recording so far that nothing contradicts: which vSMMUs exist, the state
 * of each ({@link HypotheticalSmmu}), and the owner of each item that is not settled yet.
 */
final class Hypothesis {

  /** The owner of an item that cannot be attributed. */
  static final long UNDECIDED = -1;

  /** The owner of a machine reset: all vSMMUs. */
  static final long EVERY = -2;

  private static final long NO_ID = -3;

  private final List<HypotheticalSmmu> smmus;
  private final OwnerQueue owners;

  /** The state of a vSMMU that has not been seen. */
  private HypotheticalSmmu unseen;

  /** The vSMMU whose CMDQ_CONS the guest polls, if the last item was a CMD_SYNC. */
  private long polled = UNDECIDED;

  Hypothesis() {
    this.smmus = new ArrayList<>();
    this.owners = new OwnerQueue();
    this.unseen = new HypotheticalSmmu(NO_ID);
  }

  private Hypothesis(Hypothesis of) {
    this.smmus = new ArrayList<>();
    of.smmus.forEach(smmu -> smmus.add(smmu.copy()));
    this.owners = of.owners.copy();
    this.unseen = of.unseen.copy();
    this.polled = of.polled;
  }

  Hypothesis copy() {
    return new Hypothesis(this);
  }

  int vsmmus() {
    return smmus.size();
  }

  /** The owner of the oldest item that is not settled. */
  long oldestOwner() {
    return owners.get(0);
  }

  /** The oldest item has been settled; {@code owner} is its vSMMU. */
  void settledOldest(TraceItem item, long owner) {
    owners.removeFirst();
    HypotheticalSmmu smmu = of(owner);
    if (smmu != null && item instanceof TraceItem.Access access && !access.streams().isEmpty()) {
      smmu.streams().removeAll(access.streams());
    }
  }

  private @Nullable HypotheticalSmmu of(long id) {
    for (HypotheticalSmmu smmu : smmus) {
      if (smmu.id() == id) {
        return smmu;
      }
    }
    return null;
  }

  /** Whether no further item can contradict one of the two and not the other. */
  boolean sameFuture(Hypothesis other) {
    if (smmus.size() != other.smmus.size() || polled != other.polled) {
      return false;
    }
    for (int i = 0; i < smmus.size(); i++) {
      if (!smmus.get(i).sameFuture(other.smmus.get(i))) {
        return false;
      }
    }
    return unseen.sameFuture(other.unseen);
  }

  /** Merges another hypothesis into this one: whatever they differ about becomes unknown. */
  void merge(Hypothesis other, AttributionEvidence evidence) {
    for (int i = 0; i < owners.size(); i++) {
      if (owners.get(i) != other.owners.get(i)) {
        owners.set(i, UNDECIDED);
      }
    }
    boolean alike = smmus.size() == other.smmus.size();
    for (HypotheticalSmmu smmu : smmus) {
      HypotheticalSmmu same = other.of(smmu.id());
      if (same == null) {
        alike = false;
        smmu.linesMissing(evidence.line());
      } else {
        smmu.merge(same);
      }
    }
    unseen.merge(other.unseen);
    if (!alike) {
      // A vSMMU that only one of them supposes is an unseen one in the other.
      unseen.linesMissing(evidence.line());
    }
    polled = polled == other.polled ? polled : UNDECIDED;
    dropWithoutItems(evidence);
  }

  /** Removes vSMMUs to which no item is attributed any more. */
  private void dropWithoutItems(AttributionEvidence evidence) {
    smmus.removeIf(smmu -> !evidence.established(smmu.id()) && !owners.contains(smmu.id()));
  }

  // Owners that the next item may have

  /** Whether the recording has shown that there are more vSMMUs than this hypothesis has. */
  private boolean expectsAnother(AttributionEvidence evidence) {
    return smmus.size() < TraceLimits.VSMMUS && evidence.expectsMoreThan(smmus.size());
  }

  private boolean allowsAnother(AttributionEvidence evidence) {
    return smmus.size() < TraceLimits.VSMMUS && !evidence.countIsExact();
  }

  /**
   * The possible owners of the next item: ids of vSMMUs, {@link AttributionEvidence#nextId} for a
   * further vSMMU, or {@link #UNDECIDED} if it cannot be attributed and a hypothesis for each
   * possibility would not help.
   *
   * @return empty if the item contradicts the hypothesis
   */
  List<Long> options(TraceItem item, AttributionEvidence evidence) {
    boolean ofGuest = item.ofGuest();
    if (ofGuest && evidence.exactlyOne()) {
      return List.of(smmus.isEmpty() ? evidence.nextId() : smmus.getFirst().id());
    }
    if (ofGuest && evidence.manyIncomplete() && (smmus.size() > 1 || evidence.expectsMoreThan(1))) {
      return List.of(UNDECIDED);
    }
    return switch (item) {
      case TraceItem.Access access -> ofAccess(access, evidence);
      case TraceItem.Write write -> ofWrite(write.write(), evidence);
      case TraceItem.Read read when TracedRegisters.isId(read.read().offset()) ->
          ofIdRead(read.read(), evidence);
      case TraceItem.Read read -> ofRead(read.read(), evidence);
      case TraceItem.Resets _ -> List.of(EVERY);
      case TraceItem.Stream stream ->
          !evidence.resetShowedOne() && contradicts(stream, evidence)
              ? List.of()
              : List.of(UNDECIDED);
      case TraceItem.Host _, TraceItem.Device _ -> List.of(UNDECIDED);
    };
  }

  private List<Long> ofAccess(TraceItem.Access access, AttributionEvidence evidence) {
    Set<Long> named = named(access, evidence);
    if (named.size() > 1) {
      return List.of();
    }
    if (named.size() == 1) {
      HypotheticalSmmu smmu = of(named.iterator().next());
      return smmu == null || smmu.fit(access) == HypotheticalSmmu.Fit.NO
          ? List.of()
          : List.of(smmu.id());
    }
    List<Long> options = new ArrayList<>();
    boolean continues = false;
    boolean established = false;
    for (HypotheticalSmmu smmu : smmus) {
      HypotheticalSmmu.Fit fit =
          withAsidOfAnother(smmu, access) ? HypotheticalSmmu.Fit.NO : smmu.fit(access);
      continues |= fit == HypotheticalSmmu.Fit.CONTINUES;
      established |= fit == HypotheticalSmmu.Fit.CONTINUES && evidence.established(smmu.id());
      if (fit != HypotheticalSmmu.Fit.NO) {
        options.add(smmu.id());
      }
    }
    boolean news = access.viommu() != null || !access.streams().isEmpty();
    boolean unknown = !continues || (news && !established && unseen.stateUnknown());
    boolean oneMore = expectsAnother(evidence) || (unknown && allowsAnother(evidence));
    if (oneMore && access.consumes() && unseen.fit(access) != HypotheticalSmmu.Fit.NO) {
      options.add(evidence.nextId());
    }
    return options.size() > 1 ? byAsid(options, access) : options;
  }

  /** Whether the stream's STE was read from the Stream table of another vSMMU than the stream's. */
  private boolean contradicts(TraceItem.Stream stream, AttributionEvidence evidence) {
    HypotheticalSmmu byStream = ofStream(stream.streamId(), evidence);
    HypotheticalSmmu byTable = ofTable(stream.table());
    return byStream != null && byTable != null && byStream.id() != byTable.id();
  }

  private @Nullable HypotheticalSmmu ofStream(int streamId, AttributionEvidence evidence) {
    for (HypotheticalSmmu smmu : smmus) {
      if (smmu.streams().contains(streamId)) {
        return smmu;
      }
    }
    return of(evidence.owners().ofStream(streamId));
  }

  private @Nullable HypotheticalSmmu ofTable(long table) {
    HypotheticalSmmu found = null;
    for (HypotheticalSmmu smmu : smmus) {
      if (table != TraceLine.NONE && smmu.hasStreamTable(table)) {
        if (found != null) {
          return null;
        }
        found = smmu;
      }
    }
    return found;
  }

  /**
   * Learns from a translation: the Stream table shows which vSMMU the StreamID belongs to, and the
   * StreamID which vSMMU the ASID belongs to.
   */
  private void learn(TraceItem.Stream stream, AttributionEvidence evidence) {
    HypotheticalSmmu byTable = ofTable(stream.table());
    if (byTable != null
        && evidence.owners().ofStream(stream.streamId()) < 0
        && byTable.streams().size() < TraceLimits.STREAMS) {
      byTable.streams().add(stream.streamId());
    }
    HypotheticalSmmu byStream = ofStream(stream.streamId(), evidence);
    if (stream.asid() >= 0 && byStream != null && byStream.asids().size() < TraceLimits.STREAMS) {
      byStream.asids().add(stream.asid());
    }
  }

  /**
   * Prepares for an access with identifiers that no vSMMU is known to have, which may be that of a
   * vSMMU that was not seen yet. A vSMMU that fits the access only by its queue index, and of which
   * nothing is settled, is discarded, because it may be that same vSMMU.
   */
  void discardIndistinctFrom(TraceItem.Access access, AttributionEvidence evidence) {
    boolean news = access.viommu() != null || !access.streams().isEmpty();
    if (news && mayLackVsmmu(evidence) && named(access, evidence).isEmpty()) {
      discard(
          evidence, smmu -> smmu.viommu() == null && smmu.fit(access) != HypotheticalSmmu.Fit.NO);
    }
  }

  /** The vSMMUs that the access names by vIOMMU, Stream table or StreamID. */
  private Set<Long> named(TraceItem.Access access, AttributionEvidence evidence) {
    if (access.viommu() == null && access.table() == TraceLine.NONE && access.streams().isEmpty()) {
      return Set.of();
    }
    Set<Long> named = new HashSet<>();
    IommufdObjects.Viommu viommu = access.viommu();
    for (HypotheticalSmmu smmu : smmus) {
      boolean byHost = viommu != null && smmu.has(viommu);
      boolean byTable = access.table() != TraceLine.NONE && smmu.hasStreamTable(access.table());
      boolean byStream = access.streams().stream().anyMatch(smmu.streams()::contains);
      if (byHost || byTable || byStream) {
        named.add(smmu.id());
      }
    }
    for (int stream : access.streams()) {
      long owner = evidence.owners().ofStream(stream);
      if (owner >= 0) {
        named.add(owner);
      }
    }
    return named;
  }

  /**
   * Whether the access has an ASID that another vSMMU is known to use and this one is not. Linux
   * allocates an ASID for one of its SMMUs at a time; in a guest that does not, both vSMMUs are
   * soon known to use it.
   */
  private boolean withAsidOfAnother(HypotheticalSmmu self, TraceItem.Access access) {
    if (smmus.size() == 1) {
      return false;
    }
    for (int asid : access.asids()) {
      if (!self.asids().contains(asid)
          && smmus.stream().anyMatch(other -> other.asids().contains(asid))) {
        return true;
      }
    }
    return false;
  }

  /** If several vSMMUs are possible, an ASID that exactly one of them uses decides. */
  private List<Long> byAsid(List<Long> options, TraceItem.Access access) {
    List<Long> having = new ArrayList<>();
    for (HypotheticalSmmu smmu : smmus) {
      if (options.contains(smmu.id()) && access.asids().stream().anyMatch(smmu.asids()::contains)) {
        having.add(smmu.id());
      }
    }
    return having.size() == 1 ? having : options;
  }

  private List<Long> ofWrite(TraceLine.MmioWrite write, AttributionEvidence evidence) {
    int offset = write.offset();
    boolean setsUp = TracedRegisters.initialisation(offset) || TracedRegisters.queueSetUp(offset);
    List<Long> initialising = new ArrayList<>();
    List<Long> options = new ArrayList<>();
    boolean continues = false;
    for (HypotheticalSmmu smmu : smmus) {
      HypotheticalSmmu.Fit fit = smmu.fit(write, evidence.queueTraced());
      if (fit == HypotheticalSmmu.Fit.NO) {
        continue;
      }
      options.add(smmu.id());
      continues |= fit == HypotheticalSmmu.Fit.CONTINUES;
      if (setsUp && smmu.initialising() && fit == HypotheticalSmmu.Fit.CONTINUES) {
        initialising.add(smmu.id());
      }
    }
    if (setsUp && smmus.stream().anyMatch(HypotheticalSmmu::initialising)) {
      // A driver initialises its SMMU without a pause, and others have no reason for such a write.
      return initialising;
    }
    boolean oneMore =
        (expectsAnother(evidence) || (!continues && allowsAnother(evidence)))
            && unseen.fit(write, evidence.queueTraced()) != HypotheticalSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(evidence.nextId());
    }
    if (options.isEmpty()) {
      return oneMore ? List.of(UNDECIDED) : List.of();
    }
    boolean worth = offset == Register.CR0.offset() && continues;
    return oneMore || (options.size() > 1 && !worth) ? List.of(UNDECIDED) : options;
  }

  private List<Long> ofIdRead(TraceLine.MmioRead read, AttributionEvidence evidence) {
    if (read.offset() == Register.IDR0.offset()) {
      return ofProbe(read, evidence);
    }
    List<Long> continuing = new ArrayList<>();
    List<Long> possible = new ArrayList<>();
    for (HypotheticalSmmu smmu : smmus) {
      switch (smmu.fit(read)) {
        case CONTINUES -> continuing.add(smmu.id());
        case POSSIBLE -> possible.add(smmu.id());
        case NO -> {}
      }
    }
    if (!continuing.isEmpty()) {
      return continuing;
    }
    boolean oneMore =
        (expectsAnother(evidence) || allowsAnother(evidence))
            && unseen.fit(read) != HypotheticalSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(evidence.nextId());
    }
    return possible.isEmpty() && !oneMore ? List.of() : List.of(UNDECIDED);
  }

  /** The owners of a driver's first probe read: SMMUs that are disabled or were never seen. */
  private List<Long> ofProbe(TraceLine.MmioRead read, AttributionEvidence evidence) {
    List<Long> options = new ArrayList<>();
    List<Long> enabled = new ArrayList<>();
    boolean disabled = false;
    for (HypotheticalSmmu smmu : smmus) {
      if (smmu.fit(read) == HypotheticalSmmu.Fit.NO) {
        continue;
      }
      disabled |= smmu.certainlyDisabled();
      (smmu.enabled() ? enabled : options).add(smmu.id());
    }
    if (expectsAnother(evidence) || (!disabled && allowsAnother(evidence))) {
      options.add(evidence.nextId());
    }
    if (!disabled) {
      // A kdump kernel finds the SMMU enabled by the kernel that crashed.
      options.addAll(enabled);
    }
    return options;
  }

  private List<Long> ofRead(TraceLine.MmioRead read, AttributionEvidence evidence) {
    int offset = read.offset();
    List<HypotheticalSmmu> possible = new ArrayList<>();
    List<HypotheticalSmmu> continuing = new ArrayList<>();
    for (HypotheticalSmmu smmu : smmus) {
      HypotheticalSmmu.Fit fit = smmu.fit(read);
      if (fit != HypotheticalSmmu.Fit.NO) {
        possible.add(smmu);
      }
      if (fit == HypotheticalSmmu.Fit.CONTINUES) {
        continuing.add(smmu);
      }
    }
    if (TracedRegisters.initialisation(offset)
        && smmus.stream().anyMatch(HypotheticalSmmu::initialising)) {
      continuing.removeIf(smmu -> !smmu.initialising());
      possible.retainAll(continuing);
    }
    boolean setUp =
        TracedRegisters.initialisation(offset)
            && smmus.stream().anyMatch(HypotheticalSmmu::initialising);
    boolean oneMore =
        !setUp
            && (expectsAnother(evidence) || (continuing.isEmpty() && allowsAnother(evidence)))
            && unseen.fit(read) != HypotheticalSmmu.Fit.NO;
    if (smmus.isEmpty() && oneMore) {
      return List.of(evidence.nextId());
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
  private long ofPoll(
      List<HypotheticalSmmu> possible, List<HypotheticalSmmu> continuing, boolean oneMore) {
    for (HypotheticalSmmu smmu : continuing) {
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
    List<HypotheticalSmmu> polling =
        continuing.size() == possible.size()
            ? continuing.stream().filter(HypotheticalSmmu::awaitsPoll).toList()
            : List.of();
    return polling.size() == 1 ? polling.getFirst().id() : UNDECIDED;
  }

  // Taking the next item

  /** Takes the next item, with one of its {@link #options} as its owner. */
  void take(TraceItem item, long owner, AttributionEvidence evidence) {
    owners.add(owner);
    boolean polls = false;
    if (item instanceof TraceItem.Resets) {
      if (!evidence.exactlyOne()) {
        // After the reset nothing could distinguish such a vSMMU from another one.
        discard(evidence, smmu -> !smmu.named());
      }
      smmus.forEach(HypotheticalSmmu::reset);
      unseen.reset();
    } else if (item instanceof TraceItem.Stream stream) {
      learn(stream, evidence);
    } else if (owner < 0) {
      undecided(item);
    } else {
      HypotheticalSmmu smmu = of(owner);
      if (smmu == null) {
        smmu = unseen.withId(owner);
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
        smmus.forEach(HypotheticalSmmu::commandsConsumed);
        TraceLine.MmioWrite write = access.write();
        if (write != null) {
          smmus.forEach(smmu -> smmu.uncertain(write.offset()));
        }
      }
      case TraceItem.Write write -> smmus.forEach(smmu -> smmu.uncertain(write.write().offset()));
      default -> {}
    }
  }

  // Missing lines

  /**
   * Takes note that lines are missing before the next item.
   *
   * @param pending the items that are not settled
   * @param from index of the first of them that the missing lines can precede
   */
  void linesMissing(List<TraceItem> pending, int from, AttributionEvidence evidence) {
    if (!evidence.resetShowedOne()) {
      withdrawOwners(pending, from, evidence);
    }
    smmus.forEach(smmu -> smmu.linesMissing(evidence.line()));
    unseen.linesMissing(evidence.line());
    polled = UNDECIDED;
    dropWithoutItems(evidence);
  }

  /**
   * Where lines can be missing if {@code item} contradicts the hypothesis: after the last item of
   * the vSMMU that it names, because that vSMMU's queue was continuous until there.
   *
   * @return index of the first of {@code pending} that the missing lines can precede
   */
  int missingFrom(TraceItem item, List<TraceItem> pending, AttributionEvidence evidence) {
    if (!(item instanceof TraceItem.Access access)) {
      return 0;
    }
    Set<Long> named = named(access, evidence);
    if (named.size() != 1) {
      return 0;
    }
    long owner = named.iterator().next();
    for (int i = owners.size() - 1; i >= 0; i--) {
      if (owners.get(i) == owner
          && pending.get(i) instanceof TraceItem.Access before
          && names(owner, before, evidence)) {
        return i;
      }
    }
    return 0;
  }

  /**
   * Makes items undecided that were attributed only because they continued where a vSMMU's queue
   * was, unless that vSMMU was named before and after them without a break.
   *
   * @param from index of the first item that is reconsidered
   */
  void withdrawOwners(List<TraceItem> pending, int from, AttributionEvidence evidence) {
    Set<Long> namedBefore = new HashSet<>();
    for (int i = 0; i < owners.size(); i++) {
      long owner = owners.get(i);
      TraceItem item = pending.get(i);
      if (owner >= 0 && item instanceof TraceItem.Access access && names(owner, access, evidence)) {
        namedBefore.add(owner);
      } else if (i >= from
          && owner >= 0
          && item.ofGuest()
          && !evidence.established(owner)
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
      if (item instanceof TraceItem.Access access && names(owner, access, evidence)) {
        namedLater.add(owner);
        if (last && access.effects().commands().all() > 1) {
          // Its last lines may be those of another access, with the lines between them missing.
          owners.set(i, UNDECIDED);
        }
      } else if (last || item instanceof TraceItem.Access) {
        owners.set(i, UNDECIDED);
      }
    }
    smmus.forEach(smmu -> smmu.forgetUnsettled(evidence));
    for (int i = 0; i < owners.size(); i++) {
      HypotheticalSmmu smmu = of(owners.get(i));
      if (smmu != null && pending.get(i) instanceof TraceItem.Access access) {
        smmu.streams().addAll(access.streams());
      }
    }
  }

  /**
   * Whether the access names the vSMMU by an identifier that was known before, or by the one that
   * showed the existence of that vSMMU.
   */
  private boolean names(long owner, TraceItem.Access access, AttributionEvidence evidence) {
    if (access.incomplete()) {
      return false;
    }
    IommufdObjects.Viommu viommu = access.viommu();
    if (viommu != null) {
      long settled = evidence.owners().ofViommu(viommu);
      HypotheticalSmmu smmu = Objects.requireNonNull(of(owner));
      boolean own = settled < 0 && (!evidence.established(owner) || smmu.viommuAtSetUp());
      if (settled == owner || (own && smmu.has(viommu))) {
        return true;
      }
    }
    return access.streams().stream().anyMatch(s -> evidence.owners().ofStream(s) == owner);
  }

  /**
   * Whether each vSMMU has a settled item or a vIOMMU. One that has neither cannot be distinguished
   * from a vSMMU that is found next.
   */
  boolean allDistinct(AttributionEvidence evidence) {
    return smmus.stream().allMatch(s -> evidence.established(s.id()) || s.viommu() != null);
  }

  /** See {@link HypotheticalSmmu#hasEvidence}. */
  boolean hasEvidence(long id) {
    HypotheticalSmmu smmu = of(id);
    return smmu != null && smmu.hasEvidence();
  }

  /** Discards the vSMMUs because of which the hypothesis is not {@link #allDistinct}. */
  void discardIndistinct(AttributionEvidence evidence) {
    discard(evidence, smmu -> smmu.viommu() == null);
  }

  /**
   * Removes vSMMUs of which nothing is settled yet; the items attributed to them become undecided.
   */
  private void discard(AttributionEvidence evidence, Predicate<HypotheticalSmmu> which) {
    Set<Long> gone = new HashSet<>();
    for (HypotheticalSmmu smmu : smmus) {
      if (!evidence.established(smmu.id()) && which.test(smmu)) {
        gone.add(smmu.id());
      }
    }
    for (int i = 0; i < owners.size() && !gone.isEmpty(); i++) {
      if (gone.contains(owners.get(i))) {
        owners.set(i, UNDECIDED);
      }
    }
    smmus.removeIf(smmu -> gone.contains(smmu.id()));
  }

  /** Whether a vSMMU's command queue is not known to be enabled, so that a driver can probe it. */
  boolean someIdle() {
    return smmus.isEmpty() || smmus.stream().anyMatch(smmu -> !smmu.commandQueueEnabled());
  }

  /** Whether a driver has enabled a vSMMU's command queue and not yet set CR0.SMMUEN. */
  boolean someBeingSetUp() {
    return smmus.stream().anyMatch(smmu -> smmu.commandQueueEnabled() && !smmu.enabled());
  }

  /** The owner of an incomplete access: undecided, unless there is one vSMMU and it names that. */
  long ownerOfIncomplete(TraceItem.Access access) {
    IommufdObjects.Viommu viommu = access.viommu();
    HypotheticalSmmu only = smmus.size() == 1 ? smmus.getFirst() : null;
    return only != null && viommu != null && only.has(viommu) ? only.id() : UNDECIDED;
  }

  /** The machine was reset, and the lines of the reset are missing. */
  void resetUnseen() {
    smmus.forEach(HypotheticalSmmu::reset);
    unseen.reset();
    polled = UNDECIDED;
  }

  /** Whether a vSMMU may exist that no line has shown. */
  boolean mayLackVsmmu(AttributionEvidence evidence) {
    return unseen.stateUnknown() && (expectsAnother(evidence) || allowsAnother(evidence));
  }

  /** Whether a vSMMU that was never seen before explains the item without missing lines. */
  boolean explainedByAnotherVsmmu(TraceItem item, AttributionEvidence evidence) {
    if (!expectsAnother(evidence) && !allowsAnother(evidence)) {
      return false;
    }
    return switch (item) {
      case TraceItem.Access access ->
          access.consumes()
              && named(access, evidence).isEmpty()
              && unseen.fit(access) != HypotheticalSmmu.Fit.NO;
      default -> false;
    };
  }

  /** The recording contains the machine's start: a vSMMU not seen yet is in its reset state. */
  void startsWithMachine() {
    unseen.reset();
  }
}
