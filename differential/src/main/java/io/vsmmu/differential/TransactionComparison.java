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
 * Lets a device of QEMU's machine write to memory, and compares what came of it with what our vSMMU
 * has its host do with that stream. What QEMU records is told to ours as the host's: from there on
 * the event queues are compared.
 */
final class TransactionComparison {

  private static final int IPS_48_BITS = 5;

  private static final long PATTERN = 0x1122_3344_5566_7788L;

  /** What the walk of CD and translation tables finds: the host's part. */
  private static final Set<EventType> OF_THE_WALK =
      EnumSet.of(
          EventType.F_CD_FETCH,
          EventType.C_BAD_CD,
          EventType.F_WALK_EABT,
          EventType.F_TRANSLATION,
          EventType.F_ADDR_SIZE,
          EventType.F_ACCESS,
          EventType.F_PERMISSION);

  private final Sides sides;
  private final Map<Integer, Set<Disposition>> allowed = new HashMap<>();

  TransactionComparison(Sides sides) {
    this.sides = sides;
  }

  /** What came of a transaction at QEMU. */
  private record Outcome(
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

  /** A CFGI made both read this STE again. */
  void invalidated(int streamId) {
    allowed.remove(streamId);
  }

  /** After any step: the STE may have changed, and who has cached it may see either. */
  void look() {
    for (int streamId : Devices.STREAM_IDS) {
      Set<Disposition> seen = allowed.computeIfAbsent(streamId, sid -> new HashSet<>());
      if (sides.ours().state().enabled()) {
        seen.add(Disposition.fresh(sides.ours(), streamId));
        seen.add(Disposition.now(sides.ours(), streamId));
      }
    }
  }

  /** Everything is forgotten. */
  void reset() {
    allowed.clear();
  }

  void transaction(int streamId) {
    boolean recording = records(sides.ours().state());
    boolean aborted = eventQueueAborted();
    Outcome outcome;
    try {
      outcome = atQemu(streamId);
    } catch (QemuEndedException ended) {
      if (stage2(streamId)) {
        sides.part(KnownDifference.STAGE_2_STE_ENDS_QEMU);
      } else if (reservedIps(streamId)) {
        sides.part(KnownDifference.RESERVED_IPS_ENDS_QEMU);
      }
      throw ended;
    }
    if (outcome.elsewhere) {
      sides.part(KnownDifference.OUTSIDE_RAM);
      return;
    }
    boolean lost = eventQueueAborted() && !aborted;
    Disposition ours = Disposition.now(sides.ours(), streamId);
    if (!fits(ours, outcome, recording && !lost)) {
      explain(streamId, ours, outcome, recording && !lost);
    }
    if (lost) {
      lost(streamId, ours);
    } else if (!outcome.records.isEmpty()) {
      recorded(outcome.records, aborted);
    }
  }

  /** What QEMU recorded is told to ours. */
  private void recorded(List<EventRecord> records, boolean aborted) {
    long prod = sides.ours(Register.EVENTQ_PROD);
    long cons = sides.ours(Register.EVENTQ_CONS);
    int log2 = Sides.log2(sides.ours(Register.EVENTQ_BASE));
    boolean inStep =
        QueuePointer.normalise((int) prod, log2)
            .consistentWith(QueuePointer.normalise((int) cons, log2));
    sides.ours().fault(records);
    long after = sides.ours(Register.EVENTQ_PROD);
    if (!inStep && TableFields.WR.get(prod) == TableFields.WR.get(after)) {
      sides.part(KnownDifference.EVENTQ_OUT_OF_STEP);
    } else if (aborted && prod == after) {
      sides.part(KnownDifference.ABORTED_EVENT_QUEUE_GOES_ON);
    }
    if (sides.parted()) {
      slots(prod, sides.qemu(Register.EVENTQ_PROD))
          .forEach(
              slot ->
                  sides
                      .ours()
                      .ram()
                      .write(slot, sides.qemu().ram().read(slot, EventRecord.SIZE_BYTES)));
    }
  }

  /** Whether our event queue takes records. */
  private static boolean records(VsmmuState state) {
    return ControlFields.EVENTQEN.isSet(state.value(Register.CR0))
        && !state.active(GlobalError.EVENTQ_ABT_ERR);
  }

  private boolean eventQueueAborted() {
    return GlobalError.EVENTQ_ABT_ERR.active(
        sides.qemu(Register.GERROR), sides.qemu(Register.GERRORN));
  }

  private Outcome atQemu(int streamId) {
    Ram ram = sides.qemu().ram();
    for (Ram each : List.of(ram, sides.ours().ram())) {
      each.writeLong(Layout.TARGET, PATTERN);
      each.writeLong(Layout.TRANSLATED_TARGET, PATTERN);
    }
    long before = sides.qemu(Register.EVENTQ_PROD);
    sides.qemu().dma(streamId);
    boolean bypassed = ram.readLong(Layout.TARGET) != PATTERN;
    boolean translated = ram.readLong(Layout.TRANSLATED_TARGET) != PATTERN;
    for (Ram each : List.of(ram, sides.ours().ram())) {
      each.writeLong(Layout.TARGET, 0);
      each.writeLong(Layout.TRANSLATED_TARGET, 0);
    }
    long after = sides.qemu(Register.EVENTQ_PROD);
    List<EventRecord> records = recorded(before, after);
    return new Outcome(bypassed, translated, records, records.isEmpty() && before != after);
  }

  private List<EventRecord> recorded(long before, long after) {
    return slots(before, after).stream()
        .map(slot -> sides.qemu().ram().read(slot, EventRecord.SIZE_BYTES))
        .map(EventRecord::fromBytes)
        .toList();
  }

  /** Where QEMU wrote its records, if that is RAM. */
  private List<Long> slots(long before, long after) {
    long base = sides.qemu(Register.EVENTQ_BASE);
    int log2 = Sides.log2(base);
    QueuePointer next = QueuePointer.normalise((int) TableFields.WR.get(before), log2);
    QueuePointer end = QueuePointer.normalise((int) TableFields.WR.get(after), log2);
    long queue = TableFields.QUEUE_ADDR.inPlace(base) & ~0x20L;
    List<Long> slots = new ArrayList<>();
    while (!next.equals(end)) {
      long slot = queue + (long) next.index() * EventRecord.SIZE_BYTES;
      if (Layout.inRam(slot, EventRecord.SIZE_BYTES)) {
        slots.add(slot);
      }
      next = next.advance(1);
    }
    return slots;
  }

  /** Whether QEMU did what our vSMMU has its host do. */
  private static boolean fits(Disposition ours, Outcome outcome, boolean recording) {
    return switch (ours.behaviour()) {
      case BYPASS -> outcome.bypassed && outcome.records.isEmpty();
      case ABORT -> {
        boolean told =
            outcome.records.isEmpty()
                ? ours.fault() == 0 || !recording
                : outcome.event().filter(type -> type.code() == ours.fault()).isPresent();
        yield outcome.terminated() && told;
      }
      case TRANSLATE ->
          outcome.translated
              || (outcome.terminated() && outcome.event().map(OF_THE_WALK::contains).orElse(true));
      case UNKNOWN -> false;
    };
  }

  private void explain(int streamId, Disposition ours, Outcome outcome, boolean recording) {
    boolean cached =
        allowed.getOrDefault(streamId, Set.of()).stream()
            .anyMatch(disposition -> fits(disposition, outcome, recording));
    if (cached) {
      sides.saw(KnownDifference.CONFIGURATION_CACHED);
      return;
    }
    sides.part(
        known(streamId, ours, outcome)
            .orElseThrow(
                () ->
                    new UnexplainedException(
                        "a transaction", ours.toString(), outcome.toString())));
  }

  private Optional<KnownDifference> known(int streamId, Disposition ours, Outcome outcome) {
    long cfg = sides.ours(Register.STRTAB_BASE_CFG);
    boolean twoLevel = TableFields.STRTAB_FMT.get(cfg) == 1;
    if (sides.words().twoLevel() && !twoLevel) {
      return Optional.of(KnownDifference.TWO_LEVELS_STICK);
    }
    Optional<KnownDifference> table = table(cfg, ours);
    if (table.isPresent()) {
      return table;
    }
    if (twoLevel) {
      Optional<KnownDifference> walk = walk(streamId, cfg);
      if (walk.isPresent()) {
        return walk;
      }
    }
    SteFetch fetch = sides.ours().fetch(streamId);
    if (fetch.outcome() != SteFetch.Outcome.READ) {
      return Optional.empty();
    }
    StreamTableEntry ste = fetch.ste();
    boolean stage2 = SteFields.CONFIG.get(ste.word0()) >= Structures.STE_CONFIG_STAGE2;
    if (ste.valid() && stage2) {
      return Optional.of(KnownDifference.STAGE_2_STE);
    }
    long context = SteFields.S1CONTEXTPTR.inPlace(ste.word0());
    boolean fetched = outcome.event().filter(EventType.F_CD_FETCH::equals).isPresent();
    boolean illegal =
        ours.fault() == EventType.C_BAD_STE.code()
            || allowed.getOrDefault(streamId, Set.of()).stream()
                .anyMatch(it -> it.fault() == EventType.C_BAD_STE.code());
    if (illegal
        && context >>> GatewayMachine.IDS.oasBits() != 0
        && (fetched || outcome.records.isEmpty())) {
      return Optional.of(KnownDifference.CONTEXT_ABOVE_OAS_FETCHED);
    }
    boolean translates =
        ours.behaviour() == StreamBehaviour.TRANSLATE
            || allowed.getOrDefault(streamId, Set.of()).stream()
                .anyMatch(it -> it.behaviour() == StreamBehaviour.TRANSLATE);
    boolean contexts = translates && ste.s1CdMax() != 0;
    return contexts ? Optional.of(KnownDifference.S1CDMAX_CHECKED) : Optional.empty();
  }

  /** A Stream table below RAM: QEMU's machine has something there. */
  private Optional<KnownDifference> table(long cfg, Disposition ours) {
    long base = sides.ours(Register.STRTAB_BASE);
    StreamTableGeometry table = StreamTableGeometry.of(base, (int) cfg, GatewayMachine.IDS);
    if (Layout.amongDevices(table.base()) && ours.fault() == EventType.F_STE_FETCH.code()) {
      return Optional.of(KnownDifference.OUTSIDE_RAM);
    }
    return Optional.empty();
  }

  /** What is known of QEMU's walk of a 2-level Stream table. */
  private Optional<KnownDifference> walk(int streamId, long cfg) {
    long split = TableFields.STRTAB_SPLIT.get(cfg);
    if (split != 6 && split != 8 && split != 10) {
      return Optional.of(KnownDifference.RESERVED_SPLIT_TAKEN);
    }
    StreamTableGeometry table =
        StreamTableGeometry.of(sides.ours(Register.STRTAB_BASE), (int) cfg, GatewayMachine.IDS);
    if (table.locate(streamId) instanceof StreamTableGeometry.L1Address(long address)
        && Layout.inRam(address, Long.BYTES)) {
      long descriptor = sides.ours().ram().readLong(address);
      int span = StreamTableGeometry.span(descriptor);
      int index = streamId & ~(-1 << split);
      boolean beyond = span > 0 && index >>> (span - 1) != 0;
      return beyond ? Optional.of(KnownDifference.SPAN_OFF_BY_ONE) : Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether an STE that QEMU may have read has a stage 2: ours, or one of either level's table. */
  private boolean stage2(int streamId) {
    SteFetch fetch = sides.ours().fetch(streamId);
    long entry = (long) streamId * StreamTableEntry.SIZE_BYTES;
    return Stream.of(
            fetch.ste().word0(),
            sides.ours().ram().readLong(Layout.STREAM_TABLE + entry),
            sides.ours().ram().readLong(Layout.STREAM_TABLE_2 + entry))
        .anyMatch(
            word ->
                SteFields.V.isSet(word)
                    && SteFields.CONFIG.get(word) >= Structures.STE_CONFIG_STAGE2);
  }

  /** Whether the CD of the stream has an IPS of more than 48 bits. */
  private boolean reservedIps(int streamId) {
    long context = SteFields.S1CONTEXTPTR.inPlace(sides.ours().fetch(streamId).ste().word0());
    return Layout.inRam(context, Long.BYTES)
        && CdFields.IPS.get(sides.ours().ram().readLong(context)) > IPS_48_BITS;
  }

  /** QEMU could not write a record: its queue is full, or not memory. */
  private void lost(int streamId, Disposition ours) {
    EventType type =
        ours.behaviour() == StreamBehaviour.ABORT
            ? EventType.of(ours.fault()).orElse(EventType.C_BAD_STE)
            : EventType.F_TRANSLATION;
    long prod = sides.ours(Register.EVENTQ_PROD);
    sides.ours().fault(List.of(EventRecord.of(type, streamId)));
    boolean overflows = TableFields.OVFLG.isSet(prod ^ sides.ours(Register.EVENTQ_PROD));
    boolean already = TableFields.OVFLG.isSet(prod ^ sides.ours(Register.EVENTQ_CONS));
    if (overflows || already) {
      sides.part(KnownDifference.FULL_EVENT_QUEUE_ABORTS);
    } else if (!sides.ours().state().active(GlobalError.EVENTQ_ABT_ERR)) {
      throw new UnexplainedException(
          "a record that cannot be written", "is written", "EVENTQ_ABT_ERR");
    } else if (prod != sides.ours(Register.EVENTQ_PROD)) {
      sides.repaired(KnownDifference.LOST_RECORD_NOT_COUNTED);
      sides
          .qemu()
          .write(Register.EVENTQ_PROD.offset(), Integer.BYTES, sides.ours(Register.EVENTQ_PROD));
    }
  }
}
