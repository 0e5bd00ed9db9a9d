package io.vsmmu.debugger.compare;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.smmu.event.HostOutcomeReported;
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
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A guest whose accesses become the log of one vSMMU, on a host whose answers the test gives. */
final class GuestLog {

  static final int SID = 0x900;
  static final int LOG2_QUEUE = 16;

  private static final long ORIGIN = 1_700_000_000_000_000L;
  private static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false);
  private static final int APPEND = 1000;

  private final EventDatabase database;
  private final int vsmmu;
  private final String name;
  private final List<NewEvent> waiting = new ArrayList<>();
  private final boolean recording;
  private VsmmuState state = VsmmuState.ABSENT;
  private long events;
  private long micros = ORIGIN;

  private GuestLog(EventDatabase database, boolean recording) {
    UUID id = UUID.randomUUID();
    this.database = database;
    this.name = "v-" + id;
    this.vsmmu = database.registry().register(name, id, ORIGIN).id();
    this.recording = recording;
  }

  /** A guest that has set up its queues and enabled the SMMU. */
  static GuestLog booted(EventDatabase database) {
    return booted(database, SID, 0x4000_0000L, false);
  }

  static GuestLog booted(EventDatabase database, int sid, long tables, boolean recording) {
    GuestLog log = new GuestLog(database, recording);
    log.act(
        new Stimulus.Create(
            recording ? Origin.QEMU_TRACE : Origin.LIVE,
            Durability.JOURNALED,
            VsmmuProperties.ALL_AUTO,
            IDS));
    HostDevice device = new HostDevice("0000:01:00.0", "smmu3.0", 1, IDS, false);
    log.act(new Stimulus.AttachDevice(sid, device, OnOffAuto.AUTO, IDS, SteFetch.unknown(sid)));
    log.write(Register.STRTAB_BASE, tables);
    log.write(Register.STRTAB_BASE_CFG, 16);
    log.write(Register.CMDQ_BASE, tables + 0x10_0000 | LOG2_QUEUE);
    log.write(Register.EVENTQ_BASE, tables + 0x20_0000 | 7);
    log.write(Register.CR0, 0xc);
    return log.write(Register.CR0, 0xd);
  }

  LogPart part() {
    flush();
    return part(0, events - 1);
  }

  LogPart part(long first, long last) {
    flush();
    return new LogPart(vsmmu, name, first, last, ORIGIN, recording);
  }

  /** The number of events so far, which is the sequence of the next one. */
  long events() {
    return events;
  }

  int vsmmu() {
    return vsmmu;
  }

  GuestLog write(Register register, long value) {
    return act(
        new Stimulus.WriteRegister(register.offset(), register.widthBits() / 8, value, List.of()));
  }

  GuestLog reset() {
    return act(new Stimulus.Reset(Stimulus.ResetSource.VMM));
  }

  GuestLog reads(Register register, long value) {
    return act(
        new Stimulus.ObserveReads(
            List.of(new RegisterRead(register.offset(), register.widthBits() / 8, value))));
  }

  GuestLog configure(int sid, StreamTableEntry ste) {
    return commands(
        List.of(SteFetch.read(sid, ste)), new ConfigInvalidation.Ste(sid, false, true), sync());
  }

  static SmmuCommand sync() {
    return new SmmuCommand.Sync(0, 0, 0, 0, 0);
  }

  static SmmuCommand unmap(int asid, long address) {
    return new TlbInvalidation.Va(
        CommandOpcode.TLBI_NH_VA, 0, asid, InvalidationRange.single(address, true));
  }

  GuestLog commands(SmmuCommand... commands) {
    return commands(List.of(), commands);
  }

  GuestLog commands(List<SteFetch> fetches, SmmuCommand... commands) {
    List<CommandEntry> entries = new ArrayList<>();
    for (SmmuCommand command : commands) {
      entries.add(command.encode());
    }
    int prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), state.commandQueueLog2Size())
            .advance(entries.size())
            .value();
    act(new Stimulus.ConsumeCommands(prod, entries, List.of(), fetches, false));
    return state.commandQueue().awaitsHost() ? answer(100) : this;
  }

  /** The host has done what the newest slice asked for. */
  private GuestLog answer(long afterMicros) {
    micros += afterMicros;
    return act(new Stimulus.ReportHostOutcome(state.commandQueue().awaiting(), List.of()));
  }

  /** A slice of one command, which the host answers with an errno after some time. */
  GuestLog answered(SmmuCommand command, int errno, long afterMicros) {
    int prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), state.commandQueueLog2Size())
            .advance(1)
            .value();
    act(new Stimulus.ConsumeCommands(prod, List.of(command.encode()), List.of(), List.of(), false));
    micros += afterMicros;
    HostOperation operation =
        new HostOperation(
            HostOperation.Kind.INVALIDATE, 1, 0, -1, 0, 1, 0, errno, errno == 0 ? -1 : 0);
    return act(new Stimulus.ReportHostOutcome(state.commandQueue().awaiting(), List.of(operation)));
  }

  GuestLog act(Stimulus stimulus) {
    if (!(Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("refused: " + stimulus);
    }
    long first = events;
    for (VsmmuEvent event : accepted.events()) {
      Long cause =
          event instanceof HostOutcomeReported outcome
              ? (Long) outcome.decision()
              : events == first ? null : (Long) first;
      waiting.add(
          new NewEvent(
              events++, micros++, EventCodec.typeOf(event), cause, null, EventCodec.encode(event)));
    }
    state = accepted.after();
    if (waiting.size() > APPEND) {
      flush();
    }
    return this;
  }

  private void flush() {
    if (!waiting.isEmpty()) {
      database.writer().append(vsmmu, List.copyOf(waiting), AppendDurability.JOURNALED);
      waiting.clear();
    }
  }
}
