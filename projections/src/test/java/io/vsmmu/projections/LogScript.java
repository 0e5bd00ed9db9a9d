package io.vsmmu.projections;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.aggregate.EventMetaData;
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
public final class LogScript {

  public static final long ORIGIN_MICROS = 1_700_000_000_000_000L;
  public static final long MICROS_PER_EVENT = 1000;
  private static final int MOST_WAITING = 2048;

  /** V=1, Config=0b100: bypass. */
  public static final StreamTableEntry BYPASS_STE = StreamTableEntry.ofTwoWords(0x9, 0);

  /** V=1, Config=0b101: stage 1, with a context descriptor at 0x1_0000_0000. */
  public static final StreamTableEntry TRANSLATE_STE =
      StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a);

  public static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false);

  /** Appends events and gives the position of the first. */
  private interface Log {
    long append(List<NewEvent> events);
  }

  private static final byte[] NO_HASH = new byte[32];

  private final Log log;

  /** Whether the log is in memory. */
  private final boolean kept;

  private final int vsmmu;
  private final List<StoredEvent> stored = new ArrayList<>();
  private final List<Long> positions = new ArrayList<>();
  private final List<NewEvent> waiting = new ArrayList<>();
  private VsmmuState state = VsmmuState.ABSENT;
  private long passed;
  private boolean buffered;

  public LogScript(EventDatabase database) {
    UUID id = UUID.randomUUID();
    this.kept = false;
    this.vsmmu = database.registry().register("v-" + id, id, ORIGIN_MICROS).id();
    this.log =
        events ->
            database.writer().append(vsmmu, events, AppendDurability.JOURNALED).firstPosition();
  }

  private LogScript() {
    this.vsmmu = 1;
    this.kept = true;
    this.log = _ -> positions.size() + 1L;
  }

  /** A script whose log is in memory: {@link #stored}. */
  public static LogScript inMemory() {
    return new LogScript();
  }

  /** The events so far, as a log gives them; hashes are zero. */
  public List<StoredEvent> stored() {
    flush();
    return stored;
  }

  /** Lets time pass between the last event and the next one. */
  public LogScript later(long micros) {
    passed += micros;
    return this;
  }

  /** A vSMMU with its queues set up, not yet enabled. */
  public static LogScript started(EventDatabase database) {
    return new LogScript(database).create(Origin.LIVE).queues();
  }

  public int vsmmu() {
    return vsmmu;
  }

  public VsmmuState state() {
    return state;
  }

  /**
   * Collects events from now on until {@link #flush}, so that thousands of them are appended at
   * once.
   */
  public LogScript buffered() {
    buffered = true;
    return this;
  }

  /** Appends the collected events. */
  public LogScript flush() {
    if (!waiting.isEmpty()) {
      long position = log.append(List.copyOf(waiting));
      for (int i = 0; i < waiting.size(); i++) {
        positions.add(position + i);
        if (kept) {
          stored.add(stored(position + i, waiting.get(i)));
        }
      }
      waiting.clear();
    }
    return this;
  }

  private StoredEvent stored(long position, NewEvent it) {
    return new StoredEvent(
        position,
        vsmmu,
        it.sequence(),
        it.timeMicros(),
        it.type(),
        it.cause(),
        it.subject(),
        it.payload(),
        NO_HASH);
  }

  /** The position of each sequence. */
  public List<Long> positions() {
    return positions;
  }

  public long lastPosition() {
    return positions.getLast();
  }

  public LogScript create(Origin origin) {
    return act(new Stimulus.Create(origin, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IDS));
  }

  public LogScript queues() {
    write(Register.STRTAB_BASE, 0x4000_0000L);
    write(Register.STRTAB_BASE_CFG, 16);
    write(Register.CMDQ_BASE, 0x5000_0000L | 8);
    write(Register.EVENTQ_BASE, 0x6000_0000L | 7);
    return write(Register.CR0, 0xc);
  }

  public LogScript write(Register register, long value, SteFetch... fetches) {
    return act(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / 8, value, List.of(fetches)));
  }

  public LogScript enable(SteFetch... fetches) {
    return write(Register.CR0, 0xd, fetches);
  }

  public LogScript attach(int sid, String address) {
    return attach(sid, address, SteFetch.unknown(sid));
  }

  public LogScript attach(int sid, String address, SteFetch fetch) {
    HostDevice device = new HostDevice(address, "smmu3.0", sid, IDS, false);
    return act(new Stimulus.AttachDevice(sid, device, OnOffAuto.AUTO, IDS, fetch));
  }

  public LogScript commands(SmmuCommand... commands) {
    return commands(List.of(), commands);
  }

  public LogScript commands(List<SteFetch> fetches, SmmuCommand... commands) {
    return act(slice(fetches, commands));
  }

  /** The commands as the next slice of the queue. */
  public Stimulus slice(List<SteFetch> fetches, SmmuCommand... commands) {
    List<CommandEntry> entries = new ArrayList<>();
    for (SmmuCommand command : commands) {
      entries.add(command.encode());
    }
    int prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), state.commandQueueLog2Size())
            .advance(entries.size())
            .value();
    return new Stimulus.ConsumeCommands(prod, entries, List.of(), fetches, false);
  }

  public LogScript configure(int sid, StreamTableEntry ste) {
    return commands(
        List.of(SteFetch.read(sid, ste)), new ConfigInvalidation.Ste(sid, false, true), sync());
  }

  public static SmmuCommand sync() {
    return new SmmuCommand.Sync(0, 0, 0, 0, 0);
  }

  public static SmmuCommand tlbi(int asid, long address) {
    return new TlbInvalidation.Va(
        CommandOpcode.TLBI_NH_VA, 0, asid, InvalidationRange.single(address, true));
  }

  /** The host has executed what the newest slice asked for. */
  public LogScript hostDone(HostOperation... operations) {
    return act(new Stimulus.ReportHostOutcome(state.stimulus(), List.of(operations)));
  }

  /** The service is restarted and reports what it did to have its host objects again. */
  public LogScript restarted(HostOperation... operations) {
    long decision = waits() ? state.commandQueue().awaiting() : state.stimulus();
    return act(
        new Stimulus.ReportHostOutcome(decision, List.of(operations)), EventMetaData.RECOVERY);
  }

  public static HostOperation operation(
      HostOperation.Kind kind, long handle, int sid, int kernelId, int errno) {
    return new HostOperation(kind, handle, 0, sid, -1, 0, kernelId, errno, -1);
  }

  /** Reports a further outcome of an earlier decision. */
  public LogScript lateOutcome(long decision) {
    return act(new Stimulus.ReportHostOutcome(decision, List.of()));
  }

  /** A command that this vSMMU does not support, with which the queue stops. */
  public LogScript refusedCommand() {
    return commands(new TlbInvalidation.All(CommandOpcode.TLBI_EL2_ALL, 0));
  }

  /** The guest acknowledges every global error. */
  public LogScript acknowledge() {
    return write(Register.GERRORN, state.value(Register.GERROR));
  }

  public LogScript act(Stimulus stimulus) {
    return act(stimulus, null);
  }

  private LogScript act(Stimulus stimulus, @Nullable String subject) {
    if (!(Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("refused: " + stimulus);
    }
    Long decision =
        stimulus instanceof Stimulus.ReportHostOutcome report ? (Long) report.decision() : null;
    append(accepted.events(), decision, subject);
    state = accepted.after();
    return this;
  }

  /** An event as another version of the state machine may have decided it. */
  public LogScript record(VsmmuEvent event) {
    append(List.of(event), state.stimulus(), null);
    state = Vsmmu.evolve(state, event);
    return this;
  }

  private void append(
      List<VsmmuEvent> events, @Nullable Long causeOfFirst, @Nullable String subject) {
    List<NewEvent> rows = new ArrayList<>();
    long first = (long) positions.size() + waiting.size();
    for (VsmmuEvent event : events) {
      long sequence = first + rows.size();
      Long cause = sequence == first ? causeOfFirst : (Long) first;
      rows.add(
          new NewEvent(
              sequence,
              ORIGIN_MICROS + passed + sequence * MICROS_PER_EVENT,
              EventCodec.typeOf(event),
              cause,
              subject,
              EventCodec.encode(event)));
    }
    waiting.addAll(rows);
    if (!buffered || waiting.size() >= MOST_WAITING) {
      flush();
    }
  }

  /** Whether the newest slice waits for an outcome of the host. */
  public boolean waits() {
    return state.commandQueue().awaitsHost();
  }

  /** Slices of TLBIs with their outcomes, two events each. */
  public LogScript invalidations(int slices) {
    for (int i = 0; i < slices; i++) {
      commands(tlbi(i % 4, 0x1000L * i), tlbi(i % 4, 0x1000L * i + 0x1000), sync());
      if (waits()) {
        hostDone();
      }
    }
    return this;
  }
}
