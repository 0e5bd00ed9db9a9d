package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vSMMU as an {@link Hypothesis} supposes it to be at the current line, and how badly a further
 * item would fit it. The measure is the number of contradictions: each means that lines of the
 * vSMMU would have to be missing.
 */
final class SupposedSmmu {

  /** No lines that are missing can explain it. */
  static final int IMPOSSIBLE = 1 << 20;

  /** Where the guest's driver is. */
  enum Phase {
    /** Identification registers are being read, nothing has been written since. */
    PROBING,
    /** Registers are being written, until CR0ACK shows that the SMMU is enabled. */
    INITIALISING,
    /** Enabled at least once since the last probe, or seen first in the middle of its life. */
    RUNNING
  }

  private final RegisterKnowledge registers;
  private Phase phase = Phase.RUNNING;
  private int readInProbe;
  private final Set<Integer> basesSet = new HashSet<>();
  private boolean fresh;
  private boolean queueRuns;
  private boolean awaitsPoll;
  private boolean lost;
  private boolean awaitsProbe;
  private boolean calls;
  private boolean noCalls;
  private long prod = QueuePosition.UNKNOWN;
  private long cons = QueuePosition.UNKNOWN;
  private KernelObjects.@Nullable Viommu viommu;

  SupposedSmmu() {
    registers = new RegisterKnowledge();
  }

  private SupposedSmmu(SupposedSmmu of) {
    registers = of.registers.copy();
    phase = of.phase;
    readInProbe = of.readInProbe;
    basesSet.addAll(of.basesSet);
    fresh = of.fresh;
    queueRuns = of.queueRuns;
    awaitsPoll = of.awaitsPoll;
    lost = of.lost;
    awaitsProbe = of.awaitsProbe;
    calls = of.calls;
    noCalls = of.noCalls;
    prod = of.prod;
    cons = of.cons;
    viommu = of.viommu;
  }

  SupposedSmmu copy() {
    return new SupposedSmmu(this);
  }

  /** Whether both would fit the same items from here on. */
  boolean same(SupposedSmmu other) {
    return phase == other.phase
        && readInProbe == other.readInProbe
        && basesSet.equals(other.basesSet)
        && fresh == other.fresh
        && queueRuns == other.queueRuns
        && awaitsPoll == other.awaitsPoll
        && lost == other.lost
        && awaitsProbe == other.awaitsProbe
        && calls == other.calls
        && noCalls == other.noCalls
        && prod == other.prod
        && cons == other.cons
        && viommu == other.viommu
        && registers.same(other.registers);
  }

  RegisterKnowledge registers() {
    return registers;
  }

  KernelObjects.@Nullable Viommu viommu() {
    return viommu;
  }

  /** Whether its driver is between the probe and the enabling of the SMMU. */
  boolean initialising() {
    return phase != Phase.RUNNING;
  }

  /** Whether the guest polls CMDQ_CONS after a CMD_SYNC that it issued. */
  boolean awaitsPoll() {
    return awaitsPoll;
  }

  private int log2Size() {
    return registers.commandQueueLog2();
  }

  /** Starts the probe of a vSMMU that nothing was known of: its registers are as after a reset. */
  void startAfresh() {
    registers.reset();
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = Phase.PROBING;
    fresh = true;
  }

  /** Whether the order of lines is no evidence for it until an access names it. */
  boolean lost() {
    return lost;
  }

  /** An access that names it has been found. */
  void found() {
    lost = false;
  }

  /** Nothing tells any more whether items that seemed to be its own were. */
  void lose() {
    lost = true;
  }

  /** Whether its driver has not probed it since the machine was reset. */
  boolean awaitsProbe() {
    return awaitsProbe;
  }

  void reset() {
    awaitsProbe = true;
    registers.reset();
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = Phase.RUNNING;
    queueRuns = false;
    awaitsPoll = false;
    lost = false;
  }

  /** A reset that may have been of this vSMMU. */
  void maybeReset() {
    registers.forget();
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    queueRuns = false;
    awaitsPoll = false;
  }

  // Reads

  int cost(TraceLine.ReadRegister read) {
    int offset = read.offset();
    if (RegisterKnowledge.isId(offset)) {
      return costOfId(offset, read.value());
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      boolean at =
          cons == QueuePosition.UNKNOWN
              || QueuePosition.matches(
                  RegisterKnowledge.consPointer(read.value()), cons, log2Size());
      return at ? 0 : 1;
    }
    if (fresh && offset == Register.CR0.offset() && read.value() != 0) {
      return 3;
    }
    if (queueRuns
        && (offset == Register.CR0.offset() || offset == Register.CR0ACK.offset())
        && !RegisterKnowledge.enablesCommandQueue(read.value())) {
      return 1;
    }
    return registers.readFits(offset, read.value()) ? 0 : 1;
  }

  private int costOfId(int offset, long value) {
    if (!registers.idFits(offset, value)) {
      return IMPOSSIBLE;
    }
    boolean read = (readInProbe & (1 << (offset >> 2))) != 0;
    if (phase == Phase.PROBING && !read) {
      return 0;
    }
    if (offset != Register.IDR0.offset()) {
      return 2;
    }
    if (phase == Phase.PROBING) {
      return 1;
    }
    return certainlyOff() ? 0 : 1;
  }

  /** Whether its command queue is known to be enabled. */
  boolean queueEnabled() {
    return queueRuns || registers.commandQueueCertainly(true);
  }

  /** Whether a driver that probes it finds it disabled. */
  boolean certainlyOff() {
    return !queueRuns && registers.smmuCertainly(false);
  }

  void apply(TraceLine.ReadRegister read) {
    int offset = read.offset();
    boolean fitted = cost(read) == 0;
    if (RegisterKnowledge.isId(offset)) {
      awaitsProbe = false;
      if (phase != Phase.PROBING || (readInProbe & (1 << (offset >> 2))) != 0) {
        phase = Phase.PROBING;
        readInProbe = 0;
      }
      readInProbe |= 1 << (offset >> 2);
      registers.id(offset, read.value());
      return;
    }
    if (offset == Register.CMDQ_CONS.offset()) {
      awaitsPoll = false;
      if (!fitted) {
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
    if (!fitted) {
      registers.read(offset, read.value());
      queueRuns &= offset != Register.CR0.offset() && offset != Register.CR0ACK.offset();
    }
  }

  // Writes

  /**
   * @param queueTraced whether the recording has lines of the command queue at all
   */
  int cost(TraceLine.WriteRegister write, boolean queueTraced) {
    int offset = write.offset();
    boolean runs = queueRuns || registers.commandQueueCertainly(true);
    if (offset == Register.CMDQ_PROD.offset()) {
      long next = QueuePosition.ofRegister(write.value(), log2Size());
      boolean follows =
          !runs
              || prod == QueuePosition.UNKNOWN
              || next == QueuePosition.UNKNOWN
              || near(QueuePosition.distance(prod, next, log2Size()));
      return (runs && queueTraced ? 1 : 0) + (follows ? 0 : 1);
    }
    if (offset == Register.GERRORN.offset()) {
      return runs && queueTraced ? 1 : 0;
    }
    if (offset == Register.CR0.offset()) {
      boolean enabling = queueTraced && RegisterKnowledge.enablesCommandQueue(write.value());
      boolean again = phase == Phase.INITIALISING && registers.equalsKnown(offset, write.value());
      return enabling || again ? 1 : 0;
    }
    if (registers.locked(offset)) {
      return 2;
    }
    if (phase == Phase.INITIALISING && setInThisProbe(offset)) {
      return 1;
    }
    return phase == Phase.RUNNING && registers.repeatsEventConsumer(offset, write.value()) ? 2 : 0;
  }

  /** A driver sets each base once while it initialises its SMMU. */
  private boolean setInThisProbe(int offset) {
    return basesSet.contains(offset);
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
    fresh = false;
    if (phase == Phase.PROBING) {
      phase = Phase.INITIALISING;
      basesSet.clear();
    }
    if (RegisterKnowledge.base(offset)) {
      basesSet.add(offset);
    }
  }

  // Accesses

  int cost(TraceItem.Access access, boolean queueTraced) {
    int cost = costOfHost(access) + costOfTable(access.table());
    if (!access.consumes()) {
      TraceLine.WriteRegister write = access.write();
      return cost + (write == null ? 0 : cost(write, false));
    }
    return cost + costOfQueue(access);
  }

  private int costOfHost(TraceItem.Access access) {
    KernelObjects.Viommu named = access.viommu();
    KernelObjects.Viommu own = viommu;
    if (named != null) {
      boolean other = own != null && own != named && !own.gone();
      return other ? IMPOSSIBLE : own == null && noCalls ? 2 : 0;
    }
    boolean silent = access.withoutCall() && calls && own != null && !own.gone();
    return silent ? 2 : 0;
  }

  private int costOfTable(long table) {
    Long base = registers.value(Register.STRTAB_BASE);
    return table == TraceLine.NONE || base == null || base == table ? 0 : 2;
  }

  private int costOfQueue(TraceItem.Access access) {
    long position = access.from();
    boolean at = cons == QueuePosition.UNKNOWN || cons == position;
    boolean off = !queueRuns && registers.commandQueueCertainly(false);
    boolean sameProd = prod == QueuePosition.UNKNOWN || prod == access.open().prod();
    int gap = at ? 0 : 1;
    if (access.enables()) {
      return sameProd ? gap : 1;
    }
    TraceLine.WriteRegister write = access.write();
    if (write != null && write.offset() == Register.GERRORN.offset() && !sameProd) {
      gap = 1;
    }
    if (off) {
      gap = write == null && sameProd && at ? 0 : 2;
    }
    return lost && access.viommu() == null && access.table() == TraceLine.NONE
        ? Math.max(gap, 1)
        : gap;
  }

  void apply(TraceItem.Access access) {
    KernelObjects.Viommu named = access.viommu();
    if (named != null) {
      viommu = named;
      calls = true;
      noCalls = false;
    } else if (access.withoutCall() && viommu == null) {
      noCalls = true;
    }
    if (named != null || access.table() != TraceLine.NONE) {
      lost = false;
    }
    if (access.table() != TraceLine.NONE) {
      registers.write(Register.STRTAB_BASE.offset(), 8, access.table());
    }
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
