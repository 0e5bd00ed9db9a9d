package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vSMMU as an {@link Hypothesis} supposes it to be at the current line. What is known of it
 * either allows a further item to be its own or does not: there is no "rather". Nothing is known of
 * one that is {@link #lost}, so that every item that names nothing could be its own.
 */
final class SupposedSmmu {

  /** How a further item would fit. */
  enum Fit {
    /** What is known of the vSMMU contradicts it. */
    NO,
    /** Nothing that is known of the vSMMU speaks against it, nor for it. */
    POSSIBLE,
    /** It goes on where the vSMMU's command queue or its driver's initialisation stands. */
    CONTINUES
  }

  /** Where the guest's driver is. */
  enum Phase {
    /** Nothing tells. */
    UNKNOWN,
    /** It has not touched the SMMU since the machine was reset. */
    UNTOUCHED,
    /** Identification registers are being read, nothing has been written since. */
    PROBING,
    /** Registers are being written, until CR0ACK shows that the SMMU is enabled. */
    INITIALISING,
    /** The SMMU has been enabled. */
    RUNNING
  }

  private final long id;
  private final RegisterKnowledge registers;
  private Phase phase = Phase.UNKNOWN;
  private int readInProbe;
  private final Set<Integer> basesSet = new HashSet<>();
  private boolean queueRuns;
  private boolean awaitsPoll;
  private long prod = QueuePosition.UNKNOWN;
  private long cons = QueuePosition.UNKNOWN;
  private KernelObjects.@Nullable Viommu viommu;
  private final Set<KernelObjects.Viommu> viommus = new HashSet<>();
  private boolean viommuAtSetUp;
  private long viommuNamedAt;
  private long lostAt;
  private int items;
  private boolean probed;
  private boolean named;
  private final Set<Integer> streams = new HashSet<>();
  private final Set<Integer> asids = new HashSet<>();

  /**
   * @param id tells vSMMUs apart; the same in all hypotheses in which it was born with the same
   *     item
   */
  SupposedSmmu(long id) {
    this.id = id;
    registers = new RegisterKnowledge();
  }

  private SupposedSmmu(long id, SupposedSmmu of) {
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
    lostAt = of.lostAt;
    items = of.items;
    probed = of.probed;
    named = of.named;
    streams.addAll(of.streams);
    asids.addAll(of.asids);
  }

  SupposedSmmu copy() {
    return new SupposedSmmu(id, this);
  }

  /** The same state under another id. */
  SupposedSmmu born(long newId) {
    return new SupposedSmmu(newId, this);
  }

  /** Whether both allow the same items from here on. */
  boolean same(SupposedSmmu other) {
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
        && lostAt == other.lostAt
        && streams.equals(other.streams)
        && asids.equals(other.asids)
        && registers.same(other.registers);
  }

  long id() {
    return id;
  }

  KernelObjects.@Nullable Viommu viommu() {
    return viommu;
  }

  /** Whether its driver is between the probe and the enabling of the SMMU. */
  boolean initialising() {
    return phase == Phase.PROBING || phase == Phase.INITIALISING;
  }

  /** Whether the guest polls CMDQ_CONS after a CMD_SYNC that it issued. */
  boolean awaitsPoll() {
    return awaitsPoll;
  }

  /** Whether nothing tells where its command queue and its driver stand. */
  boolean lost() {
    return phase == Phase.UNKNOWN && cons == QueuePosition.UNKNOWN;
  }

  private int log2Size() {
    return registers.commandQueueLog2();
  }

  // What it is told by more than its state

  /** StreamIDs of its accesses that are not settled yet. */
  Set<Integer> streams() {
    return streams;
  }

  /** ASIDs of its accesses that are not settled yet. */
  Set<Integer> asids() {
    return asids;
  }

  /** Whether {@code named} is or was its vIOMMU. */
  boolean has(KernelObjects.Viommu named) {
    return viommus.contains(named);
  }

  /** Whether its vIOMMU was named while its driver set it up, which no other could be taken for. */
  boolean viommuAtSetUp() {
    return viommuAtSetUp;
  }

  /**
   * Whether {@code named} can be its vIOMMU: it has one at a time, and another one only after that,
   * unless lines are missing that could tell of the change.
   */
  private boolean canHave(KernelObjects.Viommu named) {
    KernelObjects.Viommu own = viommu;
    boolean changedUnseen = lostAt > viommuNamedAt && named.firstLine() > lostAt;
    return own == null || own == named || (!has(named) && (own.gone() || changedUnseen));
  }

  /**
   * Whether there is more to it than that an item fitted nothing else: its probe was seen, an
   * access named something, or many items went on from one another.
   */
  boolean founded() {
    return named || probed || items >= TraceLimits.FOUNDING_ITEMS;
  }

  /** Whether an access named something that a later one can name again. */
  boolean named() {
    return named;
  }

  // Changes that no access tells

  /** The VMM reset it: its registers are as IHI 0070 and QEMU leave them. */
  void reset() {
    registers.reset();
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = Phase.UNTOUCHED;
    queueRuns = false;
    awaitsPoll = false;
    asids.clear();
  }

  /** Lines are missing: what was known of its state need not be so any more. */
  void lose(long line) {
    registers.forget();
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    phase = Phase.UNKNOWN;
    queueRuns = false;
    awaitsPoll = false;
    lostAt = line;
    streams.clear();
    asids.clear();
  }

  /** Another explanation has it otherwise: what they differ about is not known. */
  void blend(SupposedSmmu other) {
    registers.retain(other.registers);
    boolean samePhase =
        phase == other.phase && readInProbe == other.readInProbe && basesSet.equals(other.basesSet);
    phase = samePhase ? phase : Phase.UNKNOWN;
    queueRuns &= other.queueRuns;
    awaitsPoll &= other.awaitsPoll;
    prod = prod == other.prod ? prod : QueuePosition.UNKNOWN;
    cons = cons == other.cons ? cons : QueuePosition.UNKNOWN;
    viommu = viommu == other.viommu ? viommu : null;
    viommus.retainAll(other.viommus);
    viommuAtSetUp &= other.viommuAtSetUp;
    lostAt = Math.max(lostAt, other.lostAt);
    items = Math.min(items, other.items);
    probed &= other.probed;
    named &= other.named;
    streams.retainAll(other.streams);
    asids.retainAll(other.asids);
  }

  /** A write that may be its own has been made to this register. */
  void uncertain(int offset) {
    registers.uncertain(offset);
    if (offset == Register.CR0.offset()) {
      queueRuns = false;
    }
    if (offset == Register.CMDQ_PROD.offset() || offset == Register.CMDQ_CONS.offset()) {
      moved();
    }
  }

  /** Commands that may be its own have been consumed. */
  void moved() {
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    awaitsPoll = false;
  }

  /** What it was named by in accesses that are not settled need not be its own. */
  void forgetUnsettled(SharedKnowledge known) {
    streams.clear();
    if (known.established(id) && !viommuAtSetUp) {
      viommus.removeIf(v -> known.owners().ofViommu(v) != id);
      viommu = viommu != null && viommus.contains(viommu) ? viommu : null;
    }
  }

  // Reads

  Fit fit(TraceLine.ReadRegister read) {
    int offset = read.offset();
    if (RegisterKnowledge.isId(offset)) {
      return fitOfId(offset, read.value());
    }
    if (phase == Phase.UNTOUCHED) {
      return Fit.NO;
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      if (cons == QueuePosition.UNKNOWN) {
        return Fit.POSSIBLE;
      }
      boolean at =
          QueuePosition.matches(RegisterKnowledge.consPointer(read.value()), cons, log2Size());
      return at ? Fit.CONTINUES : Fit.NO;
    }
    if (queueRuns
        && (offset == Register.CR0.offset() || offset == Register.CR0ACK.offset())
        && !RegisterKnowledge.enablesCommandQueue(read.value())) {
      return Fit.NO;
    }
    if (!registers.readFits(offset, read.value())) {
      return Fit.NO;
    }
    return phase == Phase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
  }

  /** A driver's probe begins with IDR0 and reads each of the others once. */
  private Fit fitOfId(int offset, long value) {
    if (!registers.idFits(offset, value)) {
      return Fit.NO;
    }
    if (phase == Phase.PROBING && (readInProbe & bit(offset)) == 0) {
      return Fit.CONTINUES;
    }
    return offset == Register.IDR0.offset() || phase == Phase.UNKNOWN ? Fit.POSSIBLE : Fit.NO;
  }

  private static int bit(int idOffset) {
    return 1 << (idOffset >> 2);
  }

  /** Whether its command queue is known to be enabled. */
  boolean inUse() {
    return queueRuns || registers.commandQueueCertainly(true);
  }

  /** Whether a driver that probes it finds it enabled, as far as that is known. */
  boolean enabled() {
    return !certainlyOff() && inUse();
  }

  /** Whether a driver that probes it finds it disabled. */
  boolean certainlyOff() {
    return !queueRuns && registers.smmuCertainly(false);
  }

  void apply(TraceLine.ReadRegister read) {
    items++;
    int offset = read.offset();
    if (RegisterKnowledge.isId(offset)) {
      probed |= offset == Register.IDR0.offset();
      if (phase != Phase.PROBING || (readInProbe & bit(offset)) != 0) {
        phase = Phase.PROBING;
        readInProbe = 0;
      }
      readInProbe |= bit(offset);
      registers.id(offset, read.value());
      return;
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      awaitsPoll = false;
      if (fit(read) != Fit.CONTINUES) {
        cons = QueuePosition.ofRegister(RegisterKnowledge.consPointer(read.value()), log2Size());
        prod = QueuePosition.UNKNOWN;
      }
      return;
    }
    if (offset == Register.CR0ACK.offset()
        && phase == Phase.INITIALISING
        && RegisterKnowledge.enablesSmmu(read.value())) {
      phase = Phase.RUNNING;
    }
    boolean news = fit(read) == Fit.NO || phase == Phase.UNKNOWN || phase == Phase.PROBING;
    if (news) {
      registers.read(offset, read.value());
      if (offset == Register.CR0.offset() || offset == Register.CR0ACK.offset()) {
        queueRuns = false;
      }
    }
  }

  // Writes

  /**
   * A write that made the SMMU do nothing that the trace shows.
   *
   * @param queueTraced whether the recording has lines of the command queue at all
   */
  Fit fit(TraceLine.WriteRegister write, boolean queueTraced) {
    int offset = write.offset();
    boolean runs = queueRuns || registers.commandQueueCertainly(true);
    if (offset == Register.CMDQ_PROD.offset() || offset == Register.GERRORN.offset()) {
      return fitOfIndex(write, runs, queueTraced);
    }
    if (offset == Register.CR0.offset()
        && queueTraced
        && RegisterKnowledge.enablesCommandQueue(write.value())) {
      return Fit.NO;
    }
    boolean twice = phase == Phase.INITIALISING && basesSet.contains(offset);
    boolean repeats =
        phase == Phase.RUNNING && registers.repeatsEventConsumer(offset, write.value());
    if (phase == Phase.UNTOUCHED || registers.locked(offset) || twice || repeats) {
      return Fit.NO;
    }
    return phase == Phase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
  }

  private Fit fitOfIndex(TraceLine.WriteRegister write, boolean runs, boolean queueTraced) {
    if (phase == Phase.UNTOUCHED || (runs && queueTraced)) {
      return Fit.NO;
    }
    if (!runs || write.offset() != Register.CMDQ_PROD.offset() || prod == QueuePosition.UNKNOWN) {
      return phase == Phase.UNKNOWN ? Fit.POSSIBLE : Fit.CONTINUES;
    }
    long next = QueuePosition.ofRegister(write.value(), log2Size());
    return next == QueuePosition.UNKNOWN || near(QueuePosition.distance(prod, next, log2Size()))
        ? Fit.POSSIBLE
        : Fit.NO;
  }

  private static boolean near(long distance) {
    return distance >= 0 && distance <= TraceLimits.MISSING_COMMANDS;
  }

  void apply(TraceLine.WriteRegister write) {
    int offset = write.offset();
    registers.write(offset, write.width(), write.value());
    if (offset == Register.CMDQ_PROD.offset()) {
      prod = QueuePosition.ofRegister(write.value(), log2Size());
    } else if (offset == Register.CMDQ_CONS.offset()
        && !queueRuns
        && !registers.commandQueueCertainly(true)) {
      cons = QueuePosition.ofRegister(RegisterKnowledge.consPointer(write.value()), log2Size());
    } else if (offset == Register.CR0.offset()) {
      queueRuns = false;
    }
    if (phase == Phase.PROBING) {
      phase = Phase.INITIALISING;
      basesSet.clear();
    }
    if (RegisterKnowledge.base(offset)) {
      basesSet.add(offset);
    }
  }

  // Accesses

  Fit fit(TraceItem.Access access) {
    boolean disabled = phase == Phase.UNTOUCHED || phase == Phase.PROBING;
    if (disabled || !hostFits(access) || !tableFits(access.table())) {
      return Fit.NO;
    }
    if (!access.consumes()) {
      TraceLine.WriteRegister write = access.write();
      return write == null ? Fit.POSSIBLE : fit(write, false);
    }
    return fitOfQueue(access);
  }

  private boolean hostFits(TraceItem.Access access) {
    KernelObjects.Viommu named = access.viommu();
    return named == null || canHave(named);
  }

  private boolean tableFits(long table) {
    Long base = registers.value(Register.STRTAB_BASE);
    return table == TraceLine.NONE || base == null || base == table;
  }

  /** Whether its Stream table is known to be the one at {@code table}. */
  boolean hasTable(long table) {
    Long base = registers.value(Register.STRTAB_BASE);
    return base != null && base == table;
  }

  private Fit fitOfQueue(TraceItem.Access access) {
    boolean known = cons != QueuePosition.UNKNOWN;
    if (known && cons != access.from()) {
      return Fit.NO;
    }
    boolean sameProd = prod == QueuePosition.UNKNOWN || prod == access.open().prod();
    TraceLine.WriteRegister write = access.write();
    boolean acknowledges = write != null && write.offset() == Register.GERRORN.offset();
    if ((access.enables() || acknowledges) && !sameProd) {
      return Fit.NO;
    }
    boolean off = !queueRuns && registers.commandQueueCertainly(false);
    // Without the line of the write, that may have been the one that enabled it.
    if (off && !access.enables() && (write != null || !sameProd)) {
      return Fit.NO;
    }
    return known ? Fit.CONTINUES : Fit.POSSIBLE;
  }

  void apply(TraceItem.Access access) {
    items++;
    named |= access.viommu() != null || !access.streams().isEmpty();
    KernelObjects.Viommu named = access.viommu();
    if (named != null) {
      viommuAtSetUp = viommu == named ? viommuAtSetUp : phase == Phase.INITIALISING;
      viommu = named;
      viommus.add(named);
      viommuNamedAt = access.number(0);
    }
    if (access.table() != TraceLine.NONE) {
      registers.write(Register.STRTAB_BASE.offset(), 8, access.table());
    }
    streams.addAll(access.streams());
    asids.addAll(access.asids());
    asids.removeAll(access.asidsGivenBack());
    TraceLine.WriteRegister write = access.write();
    if (access.consumes()) {
      prod = access.open().prod();
      cons = access.open().next();
      awaitsPoll = access.endsWithSync();
      if (!access.enables()) {
        if (registers.commandQueueCertainly(false) && write != null) {
          registers.uncertain(Register.CR0.offset());
        }
        queueRuns |= write != null && !registers.commandQueueCertainly(true);
      }
      if (registers.smmuCertainly(true)) {
        phase = Phase.RUNNING;
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
