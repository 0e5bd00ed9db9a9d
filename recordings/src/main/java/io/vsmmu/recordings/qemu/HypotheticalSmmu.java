package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of one vSMMU at the current line, as a {@link Hypothesis} supposes it. It either allows
 * a further item to be that of the vSMMU or contradicts it; there are no probabilities. If the
 * state is {@link #stateUnknown unknown}, every item without identifiers can be that of the vSMMU.
 */
final class HypotheticalSmmu {

  /** Whether a further item can be that of the vSMMU. */
  enum Fit {
    /** The known state contradicts it. */
    NO,
    /** The known state neither contradicts nor confirms it. */
    POSSIBLE,
    /** It continues at the position of the command queue or of the driver's initialisation. */
    CONTINUES
  }

  /**
   * What the guest's driver is doing. The phases follow one another in this order; a reset leads to
   * UNTOUCHED, a read of IDR0 to PROBING, missing lines to UNKNOWN.
   */
  enum DriverPhase {
    /** The recording does not show it. */
    UNKNOWN,
    /** It has not accessed the SMMU since the machine was reset. */
    UNTOUCHED,
    /** Identification registers are being read, nothing has been written since. */
    PROBING,
    /** Registers are being written, until CR0ACK shows that the SMMU is enabled. */
    INITIALISING,
    /** CR0ACK has shown that the SMMU is enabled. */
    RUNNING
  }

  private final long id;
  private final TracedRegisters registers;
  private DriverPhase phase = DriverPhase.UNKNOWN;
  private int readInProbe;
  private final Set<Integer> basesSet = new HashSet<>();
  private boolean queueRuns;
  private boolean awaitsPoll;
  private long prod = QueuePosition.UNKNOWN;
  private long cons = QueuePosition.UNKNOWN;
  private IommufdObjects.@Nullable Viommu viommu;
  private final Set<IommufdObjects.Viommu> viommus = new HashSet<>();
  private boolean viommuAtSetUp;
  private long viommuNamedAt;
  private long linesMissingAt;
  private int items;
  private boolean probed;
  private boolean named;
  private final Set<Integer> streams = new HashSet<>();
  private final Set<Integer> asids = new HashSet<>();

  /**
   * @param id identifies the vSMMU; the same in all hypotheses that first suppose it with the same
   *     item
   */
  HypotheticalSmmu(long id) {
    this.id = id;
    registers = new TracedRegisters();
  }

  private HypotheticalSmmu(long id, HypotheticalSmmu of) {
    this.id = id;
    registers = of.registers.copy();
    phase = of.phase;
    readInProbe = of.readInProbe;
    basesSet.addAll(of.basesSet);
    queueRuns = of.queueRuns;
    awaitsPoll = of.awaitsPoll;
    prod = of.prod;
    cons = of.cons;
    viommu = of.viommu;
    viommus.addAll(of.viommus);
    viommuAtSetUp = of.viommuAtSetUp;
    viommuNamedAt = of.viommuNamedAt;
    linesMissingAt = of.linesMissingAt;
    items = of.items;
    probed = of.probed;
    named = of.named;
    streams.addAll(of.streams);
    asids.addAll(of.asids);
  }

  HypotheticalSmmu copy() {
    return new HypotheticalSmmu(id, this);
  }

  /** A copy of this state under another id. */
  HypotheticalSmmu withId(long newId) {
    return new HypotheticalSmmu(newId, this);
  }

  /** Whether no further item can contradict one of the two and not the other. */
  boolean sameFuture(HypotheticalSmmu other) {
    return id == other.id
        && phase == other.phase
        && readInProbe == other.readInProbe
        && basesSet.equals(other.basesSet)
        && queueRuns == other.queueRuns
        && awaitsPoll == other.awaitsPoll
        && prod == other.prod
        && cons == other.cons
        && viommu == other.viommu
        && viommus.equals(other.viommus)
        && linesMissingAt == other.linesMissingAt
        && streams.equals(other.streams)
        && asids.equals(other.asids)
        && registers.same(other.registers);
  }

  long id() {
    return id;
  }

  IommufdObjects.@Nullable Viommu viommu() {
    return viommu;
  }

  /** Whether its driver is between the probe and the enabling of the SMMU. */
  boolean initialising() {
    return phase == DriverPhase.PROBING || phase == DriverPhase.INITIALISING;
  }

  /** Whether the guest polls CMDQ_CONS after a CMD_SYNC that it issued. */
  boolean awaitsPoll() {
    return awaitsPoll;
  }

  /** Whether neither the position of its command queue nor its driver's phase is known. */
  boolean stateUnknown() {
    return phase == DriverPhase.UNKNOWN && cons == QueuePosition.UNKNOWN;
  }

  private int log2Size() {
    return registers.commandQueueLog2();
  }

  // Identifiers

  /** StreamIDs that its accesses name, as far as these are not settled yet. */
  Set<Integer> streams() {
    return streams;
  }

  /** ASIDs that it is known to use. */
  Set<Integer> asids() {
    return asids;
  }

  /** Whether {@code named} is or was its vIOMMU. */
  boolean has(IommufdObjects.Viommu named) {
    return viommus.contains(named);
  }

  /**
   * Whether its vIOMMU was named while its driver initialised it, when no other vSMMU can be
   * mistaken for it.
   */
  boolean viommuAtSetUp() {
    return viommuAtSetUp;
  }

  /**
   * Whether {@code named} can be its vIOMMU: a vSMMU has one at a time, and a further one only
   * after the VMM destroyed the first, unless the lines of that are missing.
   */
  private boolean canHave(IommufdObjects.Viommu named) {
    IommufdObjects.Viommu own = viommu;
    boolean changedUnseen = linesMissingAt > viommuNamedAt && named.firstLine() > linesMissingAt;
    return own == null || own == named || (!has(named) && (own.freed() || changedUnseen));
  }

  /**
   * Whether the vSMMU's existence follows from more than an item that fitted no other vSMMU: its
   * probe was seen, an access had an identifier, or {@link TraceLimits#CONTINUITY_ITEMS} items
   * continued one another.
   */
  boolean hasEvidence() {
    return named || probed || items >= TraceLimits.CONTINUITY_ITEMS;
  }

  /** Whether an access had an identifier (vIOMMU or StreamID) that a later one can repeat. */
  boolean named() {
    return named;
  }

  // Changes without an access

  /** The VMM reset it: its registers have the values that IHI 0070 and QEMU give them. */
  void reset() {
    registers.reset();
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = DriverPhase.UNTOUCHED;
    queueRuns = false;
    awaitsPoll = false;
    asids.clear();
  }

  /** Lines before {@code line} are missing, so its state is unknown. */
  void linesMissing(long line) {
    registers.forget();
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    phase = DriverPhase.UNKNOWN;
    queueRuns = false;
    awaitsPoll = false;
    linesMissingAt = line;
    streams.clear();
    asids.clear();
  }

  /** Merges the state in another hypothesis: whatever they differ about becomes unknown. */
  void merge(HypotheticalSmmu other) {
    registers.retain(other.registers);
    boolean samePhase =
        phase == other.phase && readInProbe == other.readInProbe && basesSet.equals(other.basesSet);
    phase = samePhase ? phase : DriverPhase.UNKNOWN;
    queueRuns &= other.queueRuns;
    awaitsPoll &= other.awaitsPoll;
    prod = prod == other.prod ? prod : QueuePosition.UNKNOWN;
    cons = cons == other.cons ? cons : QueuePosition.UNKNOWN;
    viommu = viommu == other.viommu ? viommu : null;
    viommus.retainAll(other.viommus);
    viommuAtSetUp &= other.viommuAtSetUp;
    linesMissingAt = Math.max(linesMissingAt, other.linesMissingAt);
    items = Math.min(items, other.items);
    probed &= other.probed;
    named &= other.named;
    streams.retainAll(other.streams);
    asids.retainAll(other.asids);
  }

  /** An undecided write, which may have been to this vSMMU, changed this register. */
  void uncertain(int offset) {
    registers.uncertain(offset);
    if (offset == Register.CR0.offset()) {
      queueRuns = false;
    }
    if (offset == Register.CMDQ_PROD.offset() || offset == Register.CMDQ_CONS.offset()) {
      commandsConsumed();
    }
  }

  /** An undecided access, which may have been to this vSMMU, consumed commands. */
  void commandsConsumed() {
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    awaitsPoll = false;
  }

  /** Forgets the identifiers of accesses that are not settled. */
  void forgetUnsettled(AttributionEvidence known) {
    streams.clear();
    if (known.established(id) && !viommuAtSetUp) {
      viommus.removeIf(v -> known.owners().ofViommu(v) != id);
      viommu = viommu != null && viommus.contains(viommu) ? viommu : null;
    }
  }

  // Reads

  Fit fit(TraceLine.MmioRead read) {
    int offset = read.offset();
    if (TracedRegisters.isId(offset)) {
      return fitOfId(offset, read.value());
    }
    if (phase == DriverPhase.UNTOUCHED) {
      return Fit.NO;
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      if (cons == QueuePosition.UNKNOWN) {
        return Fit.POSSIBLE;
      }
      boolean at =
          QueuePosition.matches(TracedRegisters.consPointer(read.value()), cons, log2Size());
      return at ? Fit.CONTINUES : Fit.NO;
    }
    if (queueRuns
        && (offset == Register.CR0.offset() || offset == Register.CR0ACK.offset())
        && !TracedRegisters.enablesCommandQueue(read.value())) {
      return Fit.NO;
    }
    if (!registers.readFits(offset, read.value())) {
      return Fit.NO;
    }
    return phase == DriverPhase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
  }

  /**
   * A driver's probe begins with IDR0 and reads each of the other ID registers once (Linux
   * arm-smmu-v3.c, arm_smmu_device_hw_probe).
   */
  private Fit fitOfId(int offset, long value) {
    if (!registers.idFits(offset, value)) {
      return Fit.NO;
    }
    if (phase == DriverPhase.PROBING && (readInProbe & bit(offset)) == 0) {
      return Fit.CONTINUES;
    }
    return offset == Register.IDR0.offset() || phase == DriverPhase.UNKNOWN ? Fit.POSSIBLE : Fit.NO;
  }

  private static int bit(int idOffset) {
    return 1 << (idOffset >> 2);
  }

  /** Whether its command queue is known to be enabled. */
  boolean commandQueueEnabled() {
    return queueRuns || registers.commandQueueCertainly(true);
  }

  /** Whether a driver that probes it finds it enabled, as far as that is known. */
  boolean enabled() {
    return !certainlyDisabled() && commandQueueEnabled();
  }

  /** Whether a driver that probes it finds it disabled. */
  boolean certainlyDisabled() {
    return !queueRuns && registers.smmuCertainly(false);
  }

  void apply(TraceLine.MmioRead read) {
    items++;
    int offset = read.offset();
    if (TracedRegisters.isId(offset)) {
      probed |= offset == Register.IDR0.offset();
      if (phase != DriverPhase.PROBING || (readInProbe & bit(offset)) != 0) {
        phase = DriverPhase.PROBING;
        readInProbe = 0;
      }
      readInProbe |= bit(offset);
      registers.id(offset, read.value());
      return;
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      awaitsPoll = false;
      if (fit(read) != Fit.CONTINUES) {
        cons = QueuePosition.ofRegister(TracedRegisters.consPointer(read.value()), log2Size());
        prod = QueuePosition.UNKNOWN;
      }
      return;
    }
    if (offset == Register.CR0ACK.offset()
        && phase == DriverPhase.INITIALISING
        && TracedRegisters.enablesSmmu(read.value())) {
      phase = DriverPhase.RUNNING;
    }
    boolean news =
        fit(read) == Fit.NO || phase == DriverPhase.UNKNOWN || phase == DriverPhase.PROBING;
    if (news) {
      registers.read(offset, read.value());
      if (offset == Register.CR0.offset() || offset == Register.CR0ACK.offset()) {
        queueRuns = false;
      }
    }
  }

  // Writes

  /**
   * Whether a register write without visible effect can be one to this vSMMU.
   *
   * @param queueTraced whether the recording contains lines of command queues at all
   */
  Fit fit(TraceLine.MmioWrite write, boolean queueTraced) {
    int offset = write.offset();
    boolean runs = queueRuns || registers.commandQueueCertainly(true);
    if (offset == Register.CMDQ_PROD.offset() || offset == Register.GERRORN.offset()) {
      return fitOfIndex(write, runs, queueTraced);
    }
    if (offset == Register.CR0.offset()
        && queueTraced
        && TracedRegisters.enablesCommandQueue(write.value())) {
      return Fit.NO;
    }
    boolean twice = phase == DriverPhase.INITIALISING && basesSet.contains(offset);
    boolean repeats =
        phase == DriverPhase.RUNNING && registers.repeatsEventConsumer(offset, write.value());
    if (phase == DriverPhase.UNTOUCHED || registers.locked(offset) || twice || repeats) {
      return Fit.NO;
    }
    return phase == DriverPhase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
  }

  private Fit fitOfIndex(TraceLine.MmioWrite write, boolean runs, boolean queueTraced) {
    if (phase == DriverPhase.UNTOUCHED || (runs && queueTraced)) {
      return Fit.NO;
    }
    if (!runs || write.offset() != Register.CMDQ_PROD.offset() || prod == QueuePosition.UNKNOWN) {
      return phase == DriverPhase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
    }
    long next = QueuePosition.ofRegister(write.value(), log2Size());
    return next == QueuePosition.UNKNOWN || near(QueuePosition.distance(prod, next, log2Size()))
        ? Fit.POSSIBLE
        : Fit.NO;
  }

  private static boolean near(long distance) {
    return distance >= 0 && distance <= TraceLimits.MISSING_COMMANDS;
  }

  void apply(TraceLine.MmioWrite write) {
    int offset = write.offset();
    registers.write(offset, write.width(), write.value());
    if (offset == Register.CMDQ_PROD.offset()) {
      prod = QueuePosition.ofRegister(write.value(), log2Size());
    } else if (offset == Register.CMDQ_CONS.offset()
        && !queueRuns
        && !registers.commandQueueCertainly(true)) {
      cons = QueuePosition.ofRegister(TracedRegisters.consPointer(write.value()), log2Size());
    } else if (offset == Register.CR0.offset()) {
      queueRuns = false;
    }
    if (phase == DriverPhase.PROBING) {
      phase = DriverPhase.INITIALISING;
      basesSet.clear();
    }
    if (TracedRegisters.base(offset)) {
      basesSet.add(offset);
    }
  }

  // Accesses

  Fit fit(TraceItem.Access access) {
    boolean disabled = phase == DriverPhase.UNTOUCHED || phase == DriverPhase.PROBING;
    if (disabled || !hostFits(access) || !streamTableFits(access.table())) {
      return Fit.NO;
    }
    if (!access.consumes()) {
      TraceLine.MmioWrite write = access.write();
      return write == null ? Fit.POSSIBLE : fit(write, false);
    }
    return fitOfConsumption(access);
  }

  private boolean hostFits(TraceItem.Access access) {
    IommufdObjects.Viommu named = access.viommu();
    return named == null || canHave(named);
  }

  private boolean streamTableFits(long table) {
    Long base = registers.value(Register.STRTAB_BASE);
    return table == TraceLine.NONE || base == null || base == table;
  }

  /** Whether its Stream table is known to be the one at {@code table}. */
  boolean hasStreamTable(long table) {
    Long base = registers.value(Register.STRTAB_BASE);
    return base != null && base == table;
  }

  private Fit fitOfConsumption(TraceItem.Access access) {
    boolean known = cons != QueuePosition.UNKNOWN;
    if (known && cons != access.from()) {
      return Fit.NO;
    }
    boolean sameProd = prod == QueuePosition.UNKNOWN || prod == access.effects().prod();
    TraceLine.MmioWrite write = access.write();
    boolean acknowledges = write != null && write.offset() == Register.GERRORN.offset();
    if ((access.enables() || acknowledges) && !sameProd) {
      return Fit.NO;
    }
    boolean off = !queueRuns && registers.commandQueueCertainly(false);
    // If the line of the write is missing, it may have been the write that enabled the queue.
    if (off && !access.enables() && (write != null || !sameProd)) {
      return Fit.NO;
    }
    return known ? Fit.CONTINUES : Fit.POSSIBLE;
  }

  void apply(TraceItem.Access access) {
    items++;
    named |= access.viommu() != null || !access.streams().isEmpty();
    IommufdObjects.Viommu named = access.viommu();
    if (named != null) {
      viommuAtSetUp = viommu == named ? viommuAtSetUp : phase == DriverPhase.INITIALISING;
      viommu = named;
      viommus.add(named);
      viommuNamedAt = access.number(0);
    }
    if (access.table() != TraceLine.NONE) {
      registers.write(Register.STRTAB_BASE.offset(), 8, access.table());
    }
    streams.addAll(access.streams());
    asids.addAll(access.asids());
    if (!access.asidsFreed().isEmpty()) {
      asids.removeAll(access.asidsFreed());
    }
    TraceLine.MmioWrite write = access.write();
    if (access.consumes()) {
      prod = access.effects().prod();
      cons = access.effects().next();
      awaitsPoll = access.endsWithSync();
      if (!access.enables()) {
        if (registers.commandQueueCertainly(false) && write != null) {
          registers.uncertain(Register.CR0.offset());
        }
        queueRuns |= write != null && !registers.commandQueueCertainly(true);
      }
      if (registers.smmuCertainly(true)) {
        phase = DriverPhase.RUNNING;
      }
    }
    if (write != null) {
      long atProd = prod;
      boolean ran = queueRuns;
      apply(write);
      if (access.consumes()) {
        prod = atProd;
        queueRuns = ran && write.offset() != Register.CR0.offset();
      }
    }
  }
}
