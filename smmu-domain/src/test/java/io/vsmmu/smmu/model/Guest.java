package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A guest in front of a vSMMU: its Stream table, its Command queue in memory, and the host's
 * answers. Everything goes through {@link Vsmmu#decide} and {@link Vsmmu#evolve}.
 */
final class Guest {

  static final IdRegisters IDS =
      IdRegisters.DEFAULT.withStage2(false).withAts(true).withMsi(true).withSsidSize(4);

  static final int SMMUEN = 1;
  static final int EVENTQEN = 4;
  static final int CMDQEN = 8;
  static final int ALL_ENABLED = SMMUEN | EVENTQEN | CMDQEN;

  static final int QUEUE_LOG2 = 4;

  private final Map<Integer, SteFetch> table = new TreeMap<>();
  private final CommandEntry[] memory = new CommandEntry[1 << QUEUE_LOG2];
  private VsmmuState state = VsmmuState.ABSENT;
  private List<VsmmuEvent> events = List.of();
  private QueuePointer prod = new QueuePointer(0, QUEUE_LOG2);

  private Guest() {
    Arrays.fill(memory, Commands.illegal());
  }

  /** Before its first event. */
  static Guest unborn() {
    return new Guest();
  }

  static Guest created() {
    return created(IDS);
  }

  static Guest created(IdRegisters ids) {
    return new Guest()
        .meets(
            new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids));
  }

  /** Queues and Stream table are set up, everything is still disabled. */
  static Guest configured(IdRegisters ids) {
    return created(ids)
        .writes(Register.STRTAB_BASE, 0x8000_0000L)
        .writes(Register.STRTAB_BASE_CFG, 16)
        .writes(Register.CMDQ_BASE, 0x9000_0000L | QUEUE_LOG2)
        .writes(Register.EVENTQ_BASE, 0xa000_0000L | 2);
  }

  static Guest configured() {
    return configured(IDS);
  }

  /** As a Linux guest leaves it: SMMU and queues enabled. */
  static Guest booted() {
    return configured().writes(Register.CR0, ALL_ENABLED);
  }

  static Guest booted(IdRegisters ids) {
    return configured(ids).writes(Register.CR0, ALL_ENABLED);
  }

  static HostDevice device(int sid, int group) {
    return new HostDevice("0000:%02x:00.0".formatted(sid), "smmu3.0", group, IDS, true);
  }

  Guest withDevice(int sid) {
    return withDevice(sid, 1000 + sid);
  }

  Guest withDevice(int sid, int group) {
    return meets(attach(sid, device(sid, group), OnOffAuto.AUTO)).hostSucceeds();
  }

  Stimulus.AttachDevice attach(int sid, HostDevice device, OnOffAuto ats) {
    return new Stimulus.AttachDevice(sid, device, ats, state.ids(), fetch(sid));
  }

  /** Writes an STE into the Stream table; the SMMU does not know yet. */
  Guest places(int sid, StreamTableEntry ste) {
    table.put(sid, SteFetch.read(sid, ste));
    return this;
  }

  /** Reading the STE will end like this. */
  Guest fails(int sid, SteFetch.Outcome outcome) {
    table.put(sid, SteFetch.failed(sid, outcome));
    return this;
  }

  /** Writes an STE and makes the SMMU read it. */
  Guest installs(int sid, StreamTableEntry ste) {
    return places(sid, ste).runs(Commands.cfgiSte(sid), Commands.sync());
  }

  Guest writes(Register register, long value) {
    return writes(register.offset(), register.widthBits() / 8, value);
  }

  Guest writes(int offset, int width, long value) {
    List<SteFetch> fetches = new ArrayList<>();
    if (offset == Register.CR0.offset()) {
      state.devices().keySet().forEach(sid -> fetches.add(fetch(sid)));
    }
    return meets(new Stimulus.WriteRegister(offset, width, value, fetches));
  }

  /** Acknowledges CMDQ_ERR. */
  Guest acknowledges() {
    return writes(Register.GERRORN, reg(Register.GERROR));
  }

  /** Puts entries into the queue and rings the doorbell once. */
  Guest submits(CommandEntry... entries) {
    enqueue(entries);
    return resubmits();
  }

  /** What the queue holds from the fetch index on is submitted, once. */
  Guest resubmits() {
    return meets(slice(false));
  }

  /** Like {@link #resubmits}, but the entry after the last one cannot be read. */
  Guest meetsFetchFault(CommandEntry... readable) {
    enqueue(readable);
    Stimulus.ConsumeCommands slice = slice(true);
    return meets(
        new Stimulus.ConsumeCommands(
            prod.advance(1).value(), slice.entries(), List.of(), slice.fetches(), true));
  }

  /** Puts entries into the queue; slices and host outcomes follow until nothing moves any more. */
  Guest runs(CommandEntry... entries) {
    submits(entries);
    hostSucceeds();
    while (fetched().value() != prod.value() && !state.commandQueueStopped()) {
      resubmits();
      hostSucceeds();
    }
    return this;
  }

  /** Overwrites an entry that the queue still holds. */
  Guest overwrites(int index, CommandEntry entry) {
    memory[index] = entry;
    return this;
  }

  private void enqueue(CommandEntry... entries) {
    for (CommandEntry entry : entries) {
      memory[prod.index()] = entry;
      prod = prod.advance(1);
    }
  }

  private Stimulus.ConsumeCommands slice(boolean fault) {
    List<CommandEntry> entries = new ArrayList<>();
    for (QueuePointer at = fetched(); at.value() != prod.value(); at = at.advance(1)) {
      entries.add(memory[at.index()]);
    }
    return new Stimulus.ConsumeCommands(
        prod.value(), entries, List.of(), List.copyOf(table.values()), fault);
  }

  private QueuePointer fetched() {
    return QueuePointer.normalise((int) state.commandQueue().fetched(), QUEUE_LOG2);
  }

  Guest hostSucceeds() {
    return hostReports();
  }

  Guest hostReports(HostOperation... operations) {
    long decision =
        state.commandQueue().awaitsHost() ? state.commandQueue().awaiting() : state.stimulus();
    List<VsmmuEvent> decided = events;
    meets(new Stimulus.ReportHostOutcome(decision, List.of(operations)));
    if (operations.length == 0) {
      events = decided;
    }
    return this;
  }

  static HostOperation failed(
      HostOperation.Kind kind, long handle, long target, int sid, int errno) {
    return new HostOperation(kind, handle, target, sid, -1, 0, 0, errno, -1);
  }

  static HostOperation failedInvalidation(int firstEntry, int entry, int errno) {
    return new HostOperation(
        HostOperation.Kind.INVALIDATE, 0, 3, -1, firstEntry, 1, 0, errno, entry);
  }

  /** The stimulus is accepted, and its events explain the new state. */
  Guest meets(Stimulus stimulus) {
    Decision decision = Vsmmu.decide(state, stimulus);
    assertThat(decision).isInstanceOf(Decision.Accepted.class);
    Decision.Accepted accepted = (Decision.Accepted) decision;
    VsmmuState folded = state;
    for (VsmmuEvent event : accepted.events()) {
      folded = Vsmmu.evolve(folded, event);
    }
    assertThat(folded).isEqualTo(accepted.after());
    StimulusEvent first = (StimulusEvent) accepted.events().getFirst();
    assertThat(Vsmmu.decide(state, first.stimulus())).isEqualTo(accepted);
    state = folded;
    events = accepted.events();
    return this;
  }

  /** The stimulus is refused. */
  Problem isRefused(Stimulus stimulus) {
    Decision decision = Vsmmu.decide(state, stimulus);
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return ((Decision.Refused) decision).problem();
  }

  VsmmuState state() {
    return state;
  }

  long reg(Register register) {
    return state.value(register);
  }

  long cons() {
    return TableFields.RD.get(reg(Register.CMDQ_CONS));
  }

  CommandError error() {
    return CommandError.values()[(int) TableFields.CMDQ_CONS_ERR.get(reg(Register.CMDQ_CONS))];
  }

  StreamState stream(int sid) {
    return state.stream(sid).orElseThrow();
  }

  /** Events of the latest decision; those of host outcomes without failures do not count. */
  List<VsmmuEvent> events() {
    return events;
  }

  <T extends VsmmuEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends VsmmuEvent> T event(Class<T> kind) {
    return events(kind).getFirst();
  }

  /** How the latest decision placed this stream. */
  StreamConfigured placed(int sid) {
    return events(StreamConfigured.class).stream()
        .filter(e -> e.streamId() == sid)
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  private SteFetch fetch(int sid) {
    return table.getOrDefault(sid, SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE));
  }
}
