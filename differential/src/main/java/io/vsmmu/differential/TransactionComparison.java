package io.vsmmu.differential;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CdFields;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lets a device of QEMU's machine write to memory, and compares the result with the disposition
 * that the vSMMU gives the stream. The event records of QEMU are reported to the vSMMU as those of
 * its host, so that the event queues can be compared.
 */
final class TransactionComparison {

  private static final int IPS_48_BITS = 5;

  private static final long PATTERN = 0x1122_3344_5566_7788L;

  /** The events of reading a CD and walking translation tables, which the host does for a vSMMU. */
  private static final Set<EventType> OF_THE_WALK =
      EnumSet.of(
          EventType.F_CD_FETCH,
          EventType.C_BAD_CD,
          EventType.F_WALK_EABT,
          EventType.F_TRANSLATION,
          EventType.F_ADDR_SIZE,
          EventType.F_ACCESS,
          EventType.F_PERMISSION);

  private final MachinePair machines;
  private final Map<Integer, Set<Disposition>> allowed = new HashMap<>();

  TransactionComparison(MachinePair machines) {
    this.machines = machines;
  }

  /** The result of a transaction at QEMU. */
  private record QemuTransaction(
      boolean bypassed, boolean translated, List<EventRecord> records, boolean elsewhere) {

    boolean terminated() {
      return !bypassed && !translated;
    }

    Optional<EventType> event() {
      return records.isEmpty() ? Optional.empty() : records.getFirst().type();
    }

    @Override
    public String toString() {
      String went = bypassed ? "bypassed" : translated ? "translated" : "terminated";
      return event().map(type -> went + ", " + type).orElse(went);
    }
  }

  /** A CMD_CFGI made both machines read this STE again. */
  void invalidated(int streamId) {
    allowed.remove(streamId);
  }

  /** Records the disposition after a step: an SMMU may use a cached STE or the one in memory. */
  void look() {
    for (int streamId : Devices.STREAM_IDS) {
      Set<Disposition> seen = allowed.computeIfAbsent(streamId, sid -> new HashSet<>());
      if (machines.vsmmu().state().enabled()) {
        seen.add(Disposition.fresh(machines.vsmmu(), streamId));
        seen.add(Disposition.now(machines.vsmmu(), streamId));
      }
    }
  }

  /** Forgets all dispositions after a reset. */
  void reset() {
    allowed.clear();
  }

  void transaction(int streamId) {
    boolean recording = records(machines.vsmmu().state());
    boolean aborted = eventQueueAborted();
    QemuTransaction transaction;
    try {
      transaction = atQemu(streamId);
    } catch (QemuEndedException ended) {
      if (stage2(streamId)) {
        machines.stopComparing(KnownDifference.STAGE_2_STE_ENDS_QEMU);
      } else if (reservedIps(streamId)) {
        machines.stopComparing(KnownDifference.RESERVED_IPS_ENDS_QEMU);
      }
      throw ended;
    }
    if (transaction.elsewhere) {
      machines.stopComparing(KnownDifference.OUTSIDE_RAM);
      return;
    }
    boolean lost = eventQueueAborted() && !aborted;
    Disposition vsmmu = Disposition.now(machines.vsmmu(), streamId);
    if (!fits(vsmmu, transaction, recording && !lost)) {
      explain(streamId, vsmmu, transaction, recording && !lost);
    }
    if (lost) {
      lost(streamId, vsmmu);
    } else if (!transaction.records.isEmpty()) {
      recorded(transaction.records, aborted);
    }
  }

  /** Reports the records of QEMU to the vSMMU. */
  private void recorded(List<EventRecord> records, boolean aborted) {
    long prod = machines.vsmmu(Register.EVENTQ_PROD);
    long cons = machines.vsmmu(Register.EVENTQ_CONS);
    int log2 = MachinePair.log2(machines.vsmmu(Register.EVENTQ_BASE));
    boolean inStep =
        QueuePointer.normalise((int) prod, log2)
            .consistentWith(QueuePointer.normalise((int) cons, log2));
    machines.vsmmu().fault(records);
    long after = machines.vsmmu(Register.EVENTQ_PROD);
    if (!inStep && TableFields.WR.get(prod) == TableFields.WR.get(after)) {
      machines.stopComparing(KnownDifference.EVENTQ_OUT_OF_STEP);
    } else if (aborted && prod == after) {
      machines.stopComparing(KnownDifference.ABORTED_EVENT_QUEUE_GOES_ON);
    }
    if (machines.stopped()) {
      slots(prod, machines.qemu(Register.EVENTQ_PROD))
          .forEach(
              slot ->
                  machines
                      .vsmmu()
                      .ram()
                      .write(slot, machines.qemu().ram().read(slot, EventRecord.SIZE_BYTES)));
    }
  }

  /** Whether the vSMMU's event queue accepts records. */
  private static boolean records(VsmmuState state) {
    return ControlFields.EVENTQEN.isSet(state.value(Register.CR0))
        && !state.active(GlobalError.EVENTQ_ABT_ERR);
  }

  private boolean eventQueueAborted() {
    return GlobalError.EVENTQ_ABT_ERR.active(
        machines.qemu(Register.GERROR), machines.qemu(Register.GERRORN));
  }

  private QemuTransaction atQemu(int streamId) {
    MachineRam ram = machines.qemu().ram();
    for (MachineRam each : List.of(ram, machines.vsmmu().ram())) {
      each.writeLong(GuestMemoryMap.TARGET, PATTERN);
      each.writeLong(GuestMemoryMap.TRANSLATED_TARGET, PATTERN);
    }
    long before = machines.qemu(Register.EVENTQ_PROD);
    machines.qemu().dma(streamId);
    boolean bypassed = ram.readLong(GuestMemoryMap.TARGET) != PATTERN;
    boolean translated = ram.readLong(GuestMemoryMap.TRANSLATED_TARGET) != PATTERN;
    for (MachineRam each : List.of(ram, machines.vsmmu().ram())) {
      each.writeLong(GuestMemoryMap.TARGET, 0);
      each.writeLong(GuestMemoryMap.TRANSLATED_TARGET, 0);
    }
    long after = machines.qemu(Register.EVENTQ_PROD);
    List<EventRecord> records = recorded(before, after);
    return new QemuTransaction(bypassed, translated, records, records.isEmpty() && before != after);
  }

  private List<EventRecord> recorded(long before, long after) {
    return slots(before, after).stream()
        .map(slot -> machines.qemu().ram().read(slot, EventRecord.SIZE_BYTES))
        .map(EventRecord::fromBytes)
        .toList();
  }

  /** The addresses at which QEMU wrote its records, as far as they are RAM. */
  private List<Long> slots(long before, long after) {
    long base = machines.qemu(Register.EVENTQ_BASE);
    int log2 = MachinePair.log2(base);
    QueuePointer next = QueuePointer.normalise((int) TableFields.WR.get(before), log2);
    QueuePointer end = QueuePointer.normalise((int) TableFields.WR.get(after), log2);
    long queue = TableFields.QUEUE_ADDR.inPlace(base) & ~0x20L;
    List<Long> slots = new ArrayList<>();
    while (!next.equals(end)) {
      long slot = queue + (long) next.index() * EventRecord.SIZE_BYTES;
      if (GuestMemoryMap.inRam(slot, EventRecord.SIZE_BYTES)) {
        slots.add(slot);
      }
      next = next.advance(1);
    }
    return slots;
  }

  /** Whether the result at QEMU agrees with the disposition. */
  private static boolean fits(Disposition vsmmu, QemuTransaction transaction, boolean recording) {
    return switch (vsmmu.behaviour()) {
      case BYPASS -> transaction.bypassed && transaction.records.isEmpty();
      case ABORT -> {
        boolean told =
            transaction.records.isEmpty()
                ? vsmmu.fault() == 0 || !recording
                : transaction.event().filter(type -> type.code() == vsmmu.fault()).isPresent();
        yield transaction.terminated() && told;
      }
      case TRANSLATE ->
          transaction.translated
              || (transaction.terminated()
                  && transaction.event().map(OF_THE_WALK::contains).orElse(true));
      case UNKNOWN -> false;
    };
  }

  private void explain(
      int streamId, Disposition vsmmu, QemuTransaction transaction, boolean recording) {
    boolean cached =
        allowed.getOrDefault(streamId, Set.of()).stream()
            .anyMatch(disposition -> fits(disposition, transaction, recording));
    if (cached) {
      machines.saw(KnownDifference.CONFIGURATION_CACHED);
      return;
    }
    machines.stopComparing(
        known(streamId, vsmmu, transaction)
            .orElseThrow(
                () ->
                    new UnexplainedDifferenceException(
                        "a transaction", vsmmu.toString(), transaction.toString())));
  }

  private Optional<KnownDifference> known(
      int streamId, Disposition vsmmu, QemuTransaction transaction) {
    long cfg = machines.vsmmu(Register.STRTAB_BASE_CFG);
    boolean twoLevel = TableFields.STRTAB_FMT.get(cfg) == 1;
    if (machines.words().twoLevel() && !twoLevel) {
      return Optional.of(KnownDifference.TWO_LEVELS_STICK);
    }
    Optional<KnownDifference> table = table(cfg, vsmmu);
    if (table.isPresent()) {
      return table;
    }
    if (twoLevel) {
      Optional<KnownDifference> walk = walk(streamId, cfg);
      if (walk.isPresent()) {
        return walk;
      }
    }
    SteFetch fetch = machines.vsmmu().fetch(streamId);
    if (fetch.outcome() != SteFetch.Outcome.READ) {
      return Optional.empty();
    }
    StreamTableEntry ste = fetch.ste();
    boolean stage2 = SteFields.CONFIG.get(ste.word0()) >= Structures.STE_CONFIG_STAGE2;
    if (ste.valid() && stage2) {
      return Optional.of(KnownDifference.STAGE_2_STE);
    }
    long context = SteFields.S1CONTEXTPTR.inPlace(ste.word0());
    boolean fetched = transaction.event().filter(EventType.F_CD_FETCH::equals).isPresent();
    boolean illegal =
        vsmmu.fault() == EventType.C_BAD_STE.code()
            || allowed.getOrDefault(streamId, Set.of()).stream()
                .anyMatch(it -> it.fault() == EventType.C_BAD_STE.code());
    if (illegal
        && context >>> GatewayMachine.IDS.oasBits() != 0
        && (fetched || transaction.records.isEmpty())) {
      return Optional.of(KnownDifference.CONTEXT_ABOVE_OAS_FETCHED);
    }
    boolean translates =
        vsmmu.behaviour() == StreamBehaviour.TRANSLATE
            || allowed.getOrDefault(streamId, Set.of()).stream()
                .anyMatch(it -> it.behaviour() == StreamBehaviour.TRANSLATE);
    boolean contexts = translates && ste.s1CdMax() != 0;
    return contexts ? Optional.of(KnownDifference.S1CDMAX_CHECKED) : Optional.empty();
  }

  /** A Stream table outside RAM, at an address at which QEMU's machine can have a device. */
  private Optional<KnownDifference> table(long cfg, Disposition vsmmu) {
    long base = machines.vsmmu(Register.STRTAB_BASE);
    StreamTableGeometry table = StreamTableGeometry.of(base, (int) cfg, GatewayMachine.IDS);
    if (GuestMemoryMap.amongDevices(table.base())
        && vsmmu.fault() == EventType.F_STE_FETCH.code()) {
      return Optional.of(KnownDifference.OUTSIDE_RAM);
    }
    return Optional.empty();
  }

  /** The known differences of QEMU's walk of a 2-level Stream table. */
  private Optional<KnownDifference> walk(int streamId, long cfg) {
    long split = TableFields.STRTAB_SPLIT.get(cfg);
    if (split != 6 && split != 8 && split != 10) {
      return Optional.of(KnownDifference.RESERVED_SPLIT_TAKEN);
    }
    StreamTableGeometry table =
        StreamTableGeometry.of(machines.vsmmu(Register.STRTAB_BASE), (int) cfg, GatewayMachine.IDS);
    if (table.locate(streamId) instanceof StreamTableGeometry.L1Address(long address)
        && GuestMemoryMap.inRam(address, Long.BYTES)) {
      long descriptor = machines.vsmmu().ram().readLong(address);
      int span = StreamTableGeometry.span(descriptor);
      int index = streamId & ~(-1 << split);
      boolean beyond = span > 0 && index >>> (span - 1) != 0;
      return beyond ? Optional.of(KnownDifference.SPAN_OFF_BY_ONE) : Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether one of the STEs that QEMU can have read, in either table, selects stage 2. */
  private boolean stage2(int streamId) {
    SteFetch fetch = machines.vsmmu().fetch(streamId);
    long entry = (long) streamId * StreamTableEntry.SIZE_BYTES;
    return Stream.of(
            fetch.ste().word0(),
            machines.vsmmu().ram().readLong(GuestMemoryMap.STREAM_TABLE + entry),
            machines.vsmmu().ram().readLong(GuestMemoryMap.STREAM_TABLE_2 + entry))
        .anyMatch(
            word ->
                SteFields.V.isSet(word)
                    && SteFields.CONFIG.get(word) >= Structures.STE_CONFIG_STAGE2);
  }

  /** Whether the CD of the stream has an IPS of more than 48 bits. */
  private boolean reservedIps(int streamId) {
    long context = SteFields.S1CONTEXTPTR.inPlace(machines.vsmmu().fetch(streamId).ste().word0());
    return GuestMemoryMap.inRam(context, Long.BYTES)
        && CdFields.IPS.get(machines.vsmmu().ram().readLong(context)) > IPS_48_BITS;
  }

  /** QEMU could not write a record, because its queue is full or outside memory. */
  private void lost(int streamId, Disposition vsmmu) {
    EventType type =
        vsmmu.behaviour() == StreamBehaviour.ABORT
            ? EventType.of(vsmmu.fault()).orElse(EventType.C_BAD_STE)
            : EventType.F_TRANSLATION;
    long prod = machines.vsmmu(Register.EVENTQ_PROD);
    machines.vsmmu().fault(List.of(EventRecord.of(type, streamId)));
    boolean overflows = TableFields.OVFLG.isSet(prod ^ machines.vsmmu(Register.EVENTQ_PROD));
    boolean already = TableFields.OVFLG.isSet(prod ^ machines.vsmmu(Register.EVENTQ_CONS));
    if (overflows || already) {
      machines.stopComparing(KnownDifference.FULL_EVENT_QUEUE_ABORTS);
    } else if (!machines.vsmmu().state().active(GlobalError.EVENTQ_ABT_ERR)) {
      throw new UnexplainedDifferenceException(
          "a record that cannot be written", "is written", "EVENTQ_ABT_ERR");
    } else if (prod != machines.vsmmu(Register.EVENTQ_PROD)) {
      machines.compensated(KnownDifference.LOST_RECORD_NOT_COUNTED);
      machines
          .qemu()
          .write(
              Register.EVENTQ_PROD.offset(), Integer.BYTES, machines.vsmmu(Register.EVENTQ_PROD));
    }
  }
}
