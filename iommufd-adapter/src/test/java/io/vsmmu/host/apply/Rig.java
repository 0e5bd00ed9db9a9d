package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.IssuedCommand;
import io.vsmmu.host.simulated.JournalEntry;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.AutoSwitch;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A vSMMU, its guest and a simulated host: decides, applies, reports, compares. */
final class Rig {

  static final IdRegisters IDS =
      IdRegisters.DEFAULT.withStage2(false).withAts(false).withSsidSize(4);

  private static final int QUEUE_LOG2 = 12;
  private static final int ENABLE_ALL = 1 | 4 | 8;

  final SimulatedHost host;
  private final Map<Integer, SteReading> table = new TreeMap<>();
  private VmSpace space;
  private VsmmuHost objects;
  private VsmmuState state = VsmmuState.ABSENT;
  private @Nullable IommuContext context;
  private List<HostOperation> operations = new ArrayList<>();
  private long prod;

  private boolean hears;

  /** What the devices' faults were, as they were told to one that {@link #hears}. */
  final BlockingQueue<ReportFaults> faults = new LinkedBlockingQueue<>();

  Rig(SimulatedHost host) {
    this(host, IDS);
  }

  Rig(SimulatedHost host, IdRegisters ids) {
    this(host, ids, Optional.empty());
  }

  /** A vSMMU of a VM that others may be of too. */
  Rig(SimulatedHost host, VmSpace space) {
    this(host, IDS, Optional.of(space));
  }

  /** A vSMMU with these properties. */
  Rig(SimulatedHost host, Properties properties) {
    this(host, IDS, Optional.empty(), properties);
  }

  private Rig(SimulatedHost host, IdRegisters ids, Optional<VmSpace> shared) {
    this(host, ids, shared, Properties.ALL_AUTO);
  }

  private Rig(
      SimulatedHost host, IdRegisters ids, Optional<VmSpace> shared, Properties properties) {
    this.host = host;
    this.space = shared.orElseGet(() -> new VmSpace(watched()));
    this.objects = objects();
    meets(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, properties, ids));
    writes(Register.STRTAB_BASE, 0x8000_0000L);
    writes(Register.STRTAB_BASE_CFG, 16);
    writes(Register.CMDQ_BASE, 0x9000_0000L | QUEUE_LOG2);
    writes(Register.EVENTQ_BASE, 0xa000_0000L | 2);
  }

  /** Before the first device: the devices' faults are read from here on. */
  Rig hears() {
    hears = true;
    objects = objects();
    return this;
  }

  private VsmmuHost objects() {
    return new VsmmuHost(space, hears ? Optional.of(faults::add) : Optional.empty());
  }

  static Rig standard() {
    return new Rig(SimulatedHost.standard());
  }

  private HostIommu watched() {
    return new HostIommu() {
      @Override
      public HostDescription describe() {
        return host.describe();
      }

      @Override
      public HostResult<IommuContext> open() {
        HostResult<IommuContext> opened = host.open();
        if (opened instanceof HostResult.Ok<IommuContext>(IommuContext open)) {
          context = open;
        }
        return opened;
      }
    };
  }

  static int sid(String address) {
    String[] parts = address.split("[:.]");
    return Integer.parseInt(parts[1], 16) << 8
        | Integer.parseInt(parts[2], 16) << 3
        | Integer.parseInt(parts[3]);
  }

  Rig attach(String address) {
    HostDescription.Device device = host.describe().device(address).orElseThrow();
    int sid = sid(address);
    return meets(
        new Stimulus.AttachDevice(
            sid,
            new HostDevice(address, device.smmu(), device.iommuGroup(), IDS, true),
            AutoSwitch.OFF,
            state.ids(),
            table.getOrDefault(sid, SteReading.notTold(sid))));
  }

  Rig detach(String address) {
    return meets(new Stimulus.DetachDevice(sid(address)));
  }

  Rig enable() {
    return writes(Register.CR0, ENABLE_ALL);
  }

  Rig writes(Register register, long value) {
    return meets(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / 8, value, List.copyOf(table.values())));
  }

  Rig acknowledges() {
    return writes(Register.GERRORN, state.value(Register.GERROR));
  }

  /** Writes an STE and makes the SMMU read it. */
  Rig installs(String address, StreamTableEntry ste) {
    return places(address, ste).runs(Entries.cfgiSte(sid(address)), Entries.sync());
  }

  Rig places(String address, StreamTableEntry ste) {
    table.put(sid(address), SteReading.read(sid(address), ste));
    return this;
  }

  /** Rings the doorbell for these entries. */
  Rig runs(CommandEntry... entries) {
    return runs(List.of(entries));
  }

  Rig runs(List<CommandEntry> entries) {
    prod = advance(prod, entries.size());
    return consumes(entries);
  }

  /** Submits entries again from the fetch index on, as after an acknowledged error. */
  Rig consumes(List<CommandEntry> entries) {
    return meets(new ConsumeCommands(prod, entries, List.of(), List.copyOf(table.values()), false));
  }

  static long advance(long pointer, int by) {
    return (pointer + by) & ((1L << (QUEUE_LOG2 + 1)) - 1);
  }

  /** Decides, applies, reports; what a slice leaves over follows, as long as nothing fails. */
  Rig meets(Stimulus stimulus) {
    operations = new ArrayList<>();
    Optional<Stimulus> next = Optional.of(stimulus);
    while (next.isPresent()) {
      Stimulus current = next.get();
      Decision.Accepted decided = decide(current);
      long first = state.events();
      state = decided.after();
      Optional<ReportHostOutcome> outcome = objects.apply(decided.events(), first, decided.after());
      boolean stopped = report(outcome);
      next = Optional.empty();
      if (!stopped
          && current instanceof ConsumeCommands slice
          && decided.events().getFirst() instanceof CommandsConsumed done
          && done.consumed() > 0) {
        next = slice.after(done.consumed()).map(rest -> rest);
      }
    }
    return this;
  }

  private boolean report(Optional<ReportHostOutcome> outcome) {
    if (outcome.isEmpty()) {
      return false;
    }
    operations.addAll(outcome.get().operations());
    Decision.Accepted reported = decide(outcome.get());
    state = reported.after();
    return reported.events().stream().anyMatch(CommandQueueFailed.class::isInstance);
  }

  /** Decides about a slice and applies it; the outcome never reaches the log. */
  CommandsConsumed losesOutcomeOf(List<CommandEntry> entries) {
    prod = advance(prod, entries.size());
    Decision.Accepted decided =
        decide(new ConsumeCommands(prod, entries, List.of(), List.copyOf(table.values()), false));
    long first = state.events();
    state = decided.after();
    objects.apply(decided.events(), first, state);
    return (CommandsConsumed) decided.events().getFirst();
  }

  /** A new process on a host that has forgotten us. */
  Rig restarts(Optional<CommandsConsumed> pending) {
    objects.close();
    objects = objects();
    operations = new ArrayList<>();
    report(objects.rebuild(state, pending));
    return this;
  }

  /** The process is gone, and what it held is not closed; another begins with {@code next}. */
  Rig diesAndComesBack(VmSpace next, Optional<CommandsConsumed> pending) {
    space = next;
    objects = objects();
    operations = new ArrayList<>();
    report(objects.rebuild(state, pending));
    return this;
  }

  /** The process ends in order and leaves the host as it is. */
  void abandons() {
    objects.abandon();
  }

  /** Decides that a device goes and lets it go; the outcome never reaches the log. */
  void losesOutcomeOfDetach(String address) {
    Decision.Accepted decided = decide(new Stimulus.DetachDevice(sid(address)));
    state = decided.after();
  }

  private Decision.Accepted decide(Stimulus stimulus) {
    Decision decision = Vsmmu.decide(state, stimulus);
    assertThat(decision).isInstanceOf(Decision.Accepted.class);
    return (Decision.Accepted) decision;
  }

  void close() {
    objects.close();
  }

  VsmmuState state() {
    return state;
  }

  /** Operations of the latest stimulus. */
  List<HostOperation> operations() {
    return operations;
  }

  List<HostOperation> failures() {
    return operations.stream().filter(operation -> !operation.succeeded()).toList();
  }

  boolean isTold(HostOperation.Kind kind) {
    return failures().stream().anyMatch(operation -> operation.kind() == kind);
  }

  long fetched() {
    return state.commandQueue().fetched();
  }

  long cons() {
    return state.value(Register.CMDQ_CONS) & 0xf_ffff;
  }

  /** The kernel's calls since a position of the journal, by name. */
  List<String> calls(long from) {
    return host.journal().stream()
        .filter(entry -> entry.index() >= from)
        .map(entry -> entry.operation().text())
        .toList();
  }

  List<JournalEntry> journal(long from) {
    return host.journal().stream().filter(entry -> entry.index() >= from).toList();
  }

  /** What the vIOMMU has sent to its SMMU. */
  List<IssuedCommand> issued() {
    HostObject viommu = state.objects().get(state.hostHandles().viommu());
    IommuContext open = context;
    return viommu == null || open == null ? List.of() : host.issued(open, viommu.kernelId());
  }

  Optional<Attachment> attachment(String address) {
    return host.attachment(address);
  }

  StreamState stream(String address) {
    return state.stream(sid(address)).orElseThrow();
  }

  /** The objects that the log says the host has. */
  ObjectCounts explained() {
    return new ObjectCounts(
        state.devices().isEmpty() && state.hostHandles().first() == 0 ? 0 : 1,
        count(HostObject.Kind.DEVICE),
        count(HostObject.Kind.IOAS),
        count(HostObject.Kind.NESTING_PARENT),
        count(HostObject.Kind.NESTED_HWPT)
            + count(HostObject.Kind.ABORT_PROXY)
            + count(HostObject.Kind.BYPASS_PROXY),
        count(HostObject.Kind.VIOMMU),
        count(HostObject.Kind.VDEVICE),
        count(HostObject.Kind.VEVENTQ),
        0);
  }

  private int count(HostObject.Kind kind) {
    return (int)
        state.objects().values().stream()
            .filter(object -> object.kind() == kind && object.kernelId() != 0)
            .count();
  }

  /** Log and host say the same of every device; where the host failed, it is no more open. */
  Rig agrees() {
    for (DeviceState device : state.devices().values()) {
      StreamState stream = state.streams().get(device.streamId());
      Optional<Attachment> found = host.attachment(device.device().address());
      if (found.isEmpty()) {
        assertThat(state.health().status()).isEqualTo(Health.Status.FAILED);
        assertThat(stream.effective()).isEqualTo(StreamBehaviour.ABORT);
        continue;
      }
      Attachment attachment = found.get();
      assertThat(attachment.kind()).isEqualTo(kind(stream.effective()));
      HostObject hwpt = state.objects().get(stream.hwpt());
      assertThat(hwpt).isNotNull();
      assertThat(attachment.hwptId()).isEqualTo(hwpt.kernelId());
      assertThat(attachment.ste0()).isEqualTo(hwpt.word0());
    }
    return this;
  }

  private static Attachment.Kind kind(StreamBehaviour effective) {
    return switch (effective) {
      case ABORT, UNKNOWN -> Attachment.Kind.ABORT;
      case BYPASS -> Attachment.Kind.BYPASS;
      case TRANSLATE -> Attachment.Kind.TRANSLATE;
    };
  }

  /** No object that the log does not explain, and none missing unless the log knows of it. */
  Rig leaksNothing() {
    ObjectCounts found = host.objects();
    ObjectCounts known = explained();
    if (!state.health().equals(Health.OK)) {
      assertThat(counts(found))
          .zipSatisfy(counts(known), (there, said) -> assertThat(there).isLessThanOrEqualTo(said));
    } else {
      assertThat(counts(found)).as("%s and %s", found, known).isEqualTo(counts(known));
    }
    return this;
  }

  /** All but the ids that the kernel keeps reserved until the descriptor is closed. */
  private static List<Integer> counts(ObjectCounts objects) {
    return List.of(
        objects.contexts(),
        objects.devices(),
        objects.ioas(),
        objects.pagingHwpts(),
        objects.nestedHwpts(),
        objects.viommus(),
        objects.vdevices(),
        objects.veventqs());
  }
}
