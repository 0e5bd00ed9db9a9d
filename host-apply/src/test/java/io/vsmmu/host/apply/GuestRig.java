package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A vSMMU and its guest on a host: decides stimuli, applies the decisions and reports the outcomes.
 *
 * @param <R> the subclass, which observes its kind of host
 */
abstract class GuestRig<R extends GuestRig<R>> {

  private static final int QUEUE_LOG2 = 12;
  private static final int ENABLE_ALL = 1 | 4 | 8;

  private final Map<Integer, SteFetch> table = new TreeMap<>();
  private VmSpace space;
  private VsmmuHost objects;
  private VsmmuState state = VsmmuState.ABSENT;
  private List<HostOperation> operations = new ArrayList<>();
  private Optional<ReportHostOutcome> lastOutcome = Optional.empty();
  private long prod;

  /** Consumer of the devices' faults; empty when they are not read. */
  private Optional<Consumer<ReportFaults>> taker = Optional.empty();

  /** The faults that were delivered since {@link #hears}. */
  final BlockingQueue<ReportFaults> faults = new LinkedBlockingQueue<>();

  GuestRig(VmSpace space, IdRegisters ids, VsmmuProperties properties) {
    this.space = space;
    this.objects = objects();
    meets(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, properties, ids));
    writes(Register.STRTAB_BASE, 0x8000_0000L);
    writes(Register.STRTAB_BASE_CFG, 16);
    writes(Register.CMDQ_BASE, 0x9000_0000L | QUEUE_LOG2);
    writes(Register.EVENTQ_BASE, 0xa000_0000L | 2);
  }

  abstract R self();

  /** A device as its host describes it. */
  abstract HostDevice described(String address);

  /** Reads the devices' faults; to be called before the first device is attached. */
  final R hears() {
    return hears(faults::add);
  }

  /** Delivers the devices' faults to a consumer from the next host on. */
  final R hears(Consumer<ReportFaults> consumer) {
    taker = Optional.of(consumer);
    objects = objects();
    return self();
  }

  private VsmmuHost objects() {
    return new VsmmuHost(space, taker, new InvalidationCounters());
  }

  /** Whether the VM's VMM owns its devices. */
  final boolean ownedByVmm() {
    return space.ownedByVmm();
  }

  /** StreamIDs of the devices that the VMM has detached or attached to another page table. */
  final Set<Integer> detachedByVmm() {
    return objects.detachedByVmm();
  }

  /** The other devices of the device's iommu group. */
  static List<String> otherMembers(HostDescription host, HostDescription.Device device) {
    return host.devices().stream()
        .filter(other -> other.iommuGroup() == device.iommuGroup() && !other.equals(device))
        .map(HostDescription.Device::address)
        .toList();
  }

  static int sid(String address) {
    String[] parts = address.split("[:.]");
    return Integer.parseInt(parts[1], 16) << 8
        | Integer.parseInt(parts[2], 16) << 3
        | Integer.parseInt(parts[3]);
  }

  final R attach(String address) {
    int sid = sid(address);
    return meets(
        new Stimulus.AttachDevice(
            sid,
            described(address),
            OnOffAuto.OFF,
            state.ids(),
            table.getOrDefault(sid, SteFetch.unknown(sid))));
  }

  final R detach(String address) {
    return meets(new Stimulus.DetachDevice(sid(address)));
  }

  /** Undoes the attachment of a device that the host refused. */
  final R undoes(String address) {
    return meets(new Stimulus.DetachDevice(sid(address), Optional.of(state.ids())));
  }

  final R enable() {
    return writes(Register.CR0, ENABLE_ALL);
  }

  final R writes(Register register, long value) {
    return meets(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / 8, value, List.copyOf(table.values())));
  }

  final R acknowledges() {
    return writes(Register.GERRORN, state.value(Register.GERROR));
  }

  /** Writes an STE and makes the SMMU read it. */
  final R installs(String address, StreamTableEntry ste) {
    return places(address, ste).runs(Entries.cfgiSte(sid(address)), Entries.sync());
  }

  final R places(String address, StreamTableEntry ste) {
    table.put(sid(address), SteFetch.read(sid(address), ste));
    return self();
  }

  /** Rings the doorbell for these entries. */
  final R runs(CommandEntry... entries) {
    return runs(List.of(entries));
  }

  final R runs(List<CommandEntry> entries) {
    prod = advance(prod, entries.size());
    return consumes(entries);
  }

  /** Submits entries again from the fetch index on, as after an acknowledged error. */
  final R consumes(List<CommandEntry> entries) {
    return meets(new ConsumeCommands(prod, entries, List.of(), List.copyOf(table.values()), false));
  }

  static long advance(long pointer, int by) {
    return (pointer + by) & ((1L << (QUEUE_LOG2 + 1)) - 1);
  }

  /**
   * Decides a stimulus, applies the decision and reports the outcome; the rest of a slice follows
   * as long as nothing fails.
   */
  final R meets(Stimulus stimulus) {
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
    return self();
  }

  /** The last outcome that the host reported. */
  final ReportHostOutcome outcome() {
    return lastOutcome.orElseThrow();
  }

  private boolean report(Optional<ReportHostOutcome> outcome) {
    lastOutcome = outcome;
    if (outcome.isEmpty()) {
      return false;
    }
    operations.addAll(outcome.get().operations());
    Decision.Accepted reported = decide(outcome.get());
    state = reported.after();
    return reported.events().stream().anyMatch(CommandQueueFailed.class::isInstance);
  }

  /** Decides and applies a slice whose outcome never reaches the log. */
  final CommandsConsumed losesOutcomeOf(List<CommandEntry> entries) {
    prod = advance(prod, entries.size());
    Decision.Accepted decided =
        decide(new ConsumeCommands(prod, entries, List.of(), List.copyOf(table.values()), false));
    long first = state.events();
    state = decided.after();
    objects.apply(decided.events(), first, state);
    return (CommandsConsumed) decided.events().getFirst();
  }

  /** Restarts the service on a host without objects of the earlier process. */
  final R restarts(Optional<CommandsConsumed> pending) {
    objects.close();
    objects = objects();
    operations = new ArrayList<>();
    report(objects.rebuild(state, pending));
    return self();
  }

  /** Ends the process without closing its descriptors, and starts another one with {@code next}. */
  final R diesAndComesBack(VmSpace next, Optional<CommandsConsumed> pending) {
    space = next;
    objects = objects();
    operations = new ArrayList<>();
    report(objects.rebuild(state, pending));
    return self();
  }

  /** Ends the process in an orderly way; the host's objects stay. */
  final void abandons() {
    objects.abandon();
  }

  /** Decides and applies the detachment of a device; the outcome never reaches the log. */
  final void losesOutcomeOfDetach(String address) {
    Decision.Accepted decided = decide(new Stimulus.DetachDevice(sid(address)));
    state = decided.after();
  }

  private Decision.Accepted decide(Stimulus stimulus) {
    Decision decision = Vsmmu.decide(state, stimulus);
    assertThat(decision).isInstanceOf(Decision.Accepted.class);
    return (Decision.Accepted) decision;
  }

  final void close() {
    objects.close();
  }

  final VsmmuState state() {
    return state;
  }

  /** Operations of the latest stimulus. */
  final List<HostOperation> operations() {
    return operations;
  }

  final List<HostOperation> failures() {
    return operations.stream().filter(operation -> !operation.succeeded()).toList();
  }

  final boolean isTold(HostOperation.Kind kind) {
    return failures().stream().anyMatch(operation -> operation.kind() == kind);
  }

  final long fetched() {
    return state.commandQueue().fetched();
  }

  final long cons() {
    return state.value(Register.CMDQ_CONS) & 0xf_ffff;
  }

  final StreamState stream(String address) {
    return state.stream(sid(address)).orElseThrow();
  }

  /** Destroys all objects; returns the number of those that were left over. */
  final int dismantle() {
    return objects.dismantle();
  }
}
