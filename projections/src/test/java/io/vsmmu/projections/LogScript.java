package io.vsmmu.projections;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A script of a guest, an operator and a host that act on one vSMMU; every event is appended to a
 * log.
 */
final class LogScript {

  static final long ORIGIN_MICROS = 1_700_000_000_000_000L;
  static final long MICROS_PER_EVENT = 1000;
  private static final int MOST_WAITING = 2048;

  /** V=1, Config=0b100: bypass. */
  static final StreamTableEntry BYPASS_STE = StreamTableEntry.ofTwoWords(0x9, 0);

  /** V=1, Config=0b101: stage 1, with a context descriptor at 0x1_0000_0000. */
  static final StreamTableEntry TRANSLATE_STE = StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a);

  static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false);

  private final EventDatabase database;
  private final int vsmmu;
  private final List<Long> positions = new ArrayList<>();
  private final List<NewEvent> waiting = new ArrayList<>();
  private VsmmuState state = VsmmuState.ABSENT;
  private long prod;
  private boolean buffered;

  LogScript(EventDatabase database) {
    this.database = database;
    UUID id = UUID.randomUUID();
    this.vsmmu = database.registry().register("v-" + id, id, ORIGIN_MICROS).id();
  }

  /** A vSMMU with its queues set up, not yet enabled. */
  static LogScript started(EventDatabase database) {
    return new LogScript(database).create(Origin.LIVE).queues();
  }

  int vsmmu() {
    return vsmmu;
  }

  VsmmuState state() {
    return state;
  }

  /**
   * Collects events from now on until {@link #flush}, so that thousands of them are appended at
   * once.
   */
  LogScript buffered() {
    buffered = true;
    return this;
  }

  /** Appends the collected events. */
  LogScript flush() {
    if (!waiting.isEmpty()) {
      long position =
          database
              .writer()
              .append(vsmmu, List.copyOf(waiting), AppendDurability.JOURNALED)
              .firstPosition();
      for (int i = 0; i < waiting.size(); i++) {
        positions.add(position + i);
      }
      waiting.clear();
    }
    return this;
  }

  /** The position of each sequence. */
  List<Long> positions() {
    return positions;
  }

  long lastPosition() {
    return positions.getLast();
  }

  LogScript create(Origin origin) {
    return act(new Stimulus.Create(origin, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IDS));
  }

  LogScript queues() {
    write(Register.STRTAB_BASE, 0x4000_0000L);
    write(Register.STRTAB_BASE_CFG, 16);
    write(Register.CMDQ_BASE, 0x5000_0000L | 8);
    write(Register.EVENTQ_BASE, 0x6000_0000L | 7);
    return write(Register.CR0, 0xc);
  }

  LogScript write(Register register, long value, SteFetch... fetches) {
    return act(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / 8, value, List.of(fetches)));
  }

  LogScript enable(SteFetch... fetches) {
    return write(Register.CR0, 0xd, fetches);
  }

  LogScript attach(int sid, String address) {
    return attach(sid, address, SteFetch.unknown(sid));
  }

  LogScript attach(int sid, String address, SteFetch fetch) {
    HostDevice device = new HostDevice(address, "smmu3.0", sid, IDS, false);
    return act(new Stimulus.AttachDevice(sid, device, OnOffAuto.AUTO, IDS, fetch));
  }

  LogScript commands(SmmuCommand... commands) {
    return commands(List.of(), commands);
  }

  LogScript commands(List<SteFetch> fetches, SmmuCommand... commands) {
    List<CommandEntry> entries = new ArrayList<>();
    for (SmmuCommand command : commands) {
      entries.add(command.encode());
    }
    int log2Size = state.commandQueueLog2Size();
    prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), log2Size)
            .advance(entries.size())
            .value();
    return act(new Stimulus.ConsumeCommands(prod, entries, List.of(), fetches, false));
  }

  LogScript configure(int sid, StreamTableEntry ste) {
    return commands(
        List.of(SteFetch.read(sid, ste)), new ConfigInvalidation.Ste(sid, false, true), sync());
  }

  static SmmuCommand sync() {
    return new SmmuCommand.Sync(0, 0, 0, 0, 0);
  }

  static SmmuCommand tlbi(int asid, long address) {
    return new TlbInvalidation.Va(
        CommandOpcode.TLBI_NH_VA, 0, asid, InvalidationRange.single(address, true));
  }

  /** The host has executed what the newest slice asked for. */
  LogScript hostDone(HostOperation... operations) {
    return act(new Stimulus.ReportHostOutcome(state.stimulus(), List.of(operations)));
  }

  static HostOperation operation(
      HostOperation.Kind kind, long handle, int sid, int kernelId, int errno) {
    return new HostOperation(kind, handle, 0, sid, -1, 0, kernelId, errno, -1);
  }

  /** Reports a further outcome of an earlier decision. */
  LogScript lateOutcome(long decision) {
    return act(new Stimulus.ReportHostOutcome(decision, List.of()));
  }

  /** A command that this vSMMU does not support, with which the queue stops. */
  LogScript refusedCommand() {
    return commands(new TlbInvalidation.All(CommandOpcode.TLBI_EL2_ALL, 0));
  }

  /** The guest acknowledges every global error. */
  LogScript acknowledge() {
    return write(Register.GERRORN, state.value(Register.GERROR));
  }

  LogScript act(Stimulus stimulus) {
    if (!(Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("refused: " + stimulus);
    }
    Long decision =
        stimulus instanceof Stimulus.ReportHostOutcome report ? (Long) report.decision() : null;
    append(accepted.events(), decision);
    state = accepted.after();
    return this;
  }

  /** An event as another version of the state machine may have decided it. */
  LogScript record(VsmmuEvent event) {
    append(List.of(event), state.stimulus());
    state = Vsmmu.evolve(state, event);
    return this;
  }

  private void append(List<VsmmuEvent> events, @Nullable Long causeOfFirst) {
    List<NewEvent> rows = new ArrayList<>();
    long first = (long) positions.size() + waiting.size();
    for (VsmmuEvent event : events) {
      long sequence = first + rows.size();
      Long cause = sequence == first ? causeOfFirst : (Long) first;
      rows.add(
          new NewEvent(
              sequence,
              ORIGIN_MICROS + sequence * MICROS_PER_EVENT,
              EventCodec.typeOf(event),
              cause,
              null,
              EventCodec.encode(event)));
    }
    waiting.addAll(rows);
    if (!buffered || waiting.size() >= MOST_WAITING) {
      flush();
    }
  }

  /** Whether the newest slice waits for an outcome of the host. */
  boolean waits() {
    return state.commandQueue().awaitsHost();
  }

  /** Slices of TLBIs with their outcomes, two events each. */
  LogScript invalidations(int slices) {
    for (int i = 0; i < slices; i++) {
      commands(tlbi(i % 4, 0x1000L * i), tlbi(i % 4, 0x1000L * i + 0x1000), sync());
      if (waits()) {
        hostDone();
      }
    }
    return this;
  }
}
