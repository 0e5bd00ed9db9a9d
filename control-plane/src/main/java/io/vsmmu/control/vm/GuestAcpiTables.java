package io.vsmmu.control.vm;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.MsiController;
import io.vsmmu.platform.Refusals;
import io.vsmmu.platform.acpi.AcpiIdentity;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.GuestSmmu;
import io.vsmmu.platform.acpi.IdRange;
import io.vsmmu.platform.acpi.IortBuilder;
import io.vsmmu.platform.acpi.IortLayout;
import io.vsmmu.platform.acpi.ItsGroup;
import io.vsmmu.platform.acpi.PreserveBootConfiguration;
import io.vsmmu.platform.acpi.RequesterRoute;
import io.vsmmu.platform.acpi.RootComplex;
import io.vsmmu.platform.acpi.SmmuInterrupts;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the ACPI tables that describe a machine's vSMMUs to its guest, from the description of the
 * machine and the ID registers and devices in the vSMMUs' states. Pure.
 */
public final class GuestAcpiTables {

  private static final int BUS_SHIFT = 8;
  private static final int FUNCTIONS_OF_BUS = 256;
  private static final int ADDRESS_BITS = 64;
  private static final Comparator<RequesterRoute> BY_REQUESTER =
      Comparator.comparingLong(route -> route.requesters().first());

  /** Of the register frame: pages 0 and 1, 64 KiB each. */
  static final long FRAME_BYTES = 0x2_0000;

  /** The identifier of the only ITS of QEMU's virt machine in its MADT. */
  private static final long ITS = 0;

  /**
   * A vSMMU of the machine.
   *
   * @param expected StreamIDs of devices that are not attached yet: a VMM has announced them, and
   *     binds them when it starts
   */
  public record Member(String name, VsmmuState state, Set<Integer> expected) {

    public Member {
      expected = Set.copyOf(expected);
    }

    /** All StreamIDs with a device, ascending. */
    Set<Integer> streamIds() {
      Set<Integer> all = new TreeSet<>(state.devices().keySet());
      all.addAll(expected);
      return all;
    }
  }

  /** A vSMMU with the requester IDs that go through it, in order and apart. */
  private record Placed(Member member, SmmuLocation place, List<IdRange> requesters) {

    boolean hasBuses() {
      return place.firstBus() != null && place.lastBus() != null;
    }
  }

  private final Machine machine;
  private final List<Placed> placed = new ArrayList<>();
  private final Refusals refusals = new Refusals();
  private final Set<Integer> shared;

  private GuestAcpiTables(Machine machine, List<Member> members) {
    this.machine = machine;
    this.shared = shared(members);
    members.forEach(this::place);
    for (int i = 0; i < placed.size(); i++) {
      controllerApart(placed.get(i));
      ownDeviceId(placed.get(i));
      for (Placed other : placed.subList(0, i)) {
        requestersApart(placed.get(i), other);
      }
    }
  }

  /** The I/O Remapping Table, or what is missing or wrong. */
  public static BuildResult<AcpiTable> iort(Machine machine, List<Member> members) {
    GuestAcpiTables smmus = new GuestAcpiTables(machine, members);
    return smmus.refusals.orBuild(smmus::layout).then(IortBuilder::build);
  }

  /** The SSDT with _DSM function 5 for the machine's host bridges. */
  public static BuildResult<AcpiTable> preserveBootConfiguration(Machine machine) {
    return PreserveBootConfiguration.build(AcpiIdentity.DEFAULT, machine.bridges());
  }

  private void place(Member member) {
    String at = "vsmmus[" + member.name() + "]";
    Optional<SmmuLocation> known = machine.location(member.name());
    refusals.unless(
        known.isPresent(),
        at + ".frame",
        "not given",
        "the guest-physical address of its register frame",
        "PUT /api/v1/vms/{vm}/machine with the address that BAR 0 has in the guest");
    known.ifPresent(place -> place(member, place, at));
  }

  private void place(Member member, SmmuLocation place, String at) {
    refusals.unless(
        place.wires() != null || machine.controller() == Machine.Controller.ITS,
        at + ".wires",
        "not given",
        "four interrupts of the GIC, because a machine with GICv2m has no ITS",
        "give wires, or msi its");
    range(member, place, at);
    placed.add(new Placed(member, place, requesters(member, place)));
  }

  private void range(Member member, SmmuLocation place, String at) {
    Integer first = place.firstBus();
    Integer last = place.lastBus();
    refusals.unless(
        (first == null) == (last == null),
        at + (first == null ? ".firstBus" : ".lastBus"),
        "not given",
        "both ends of the range of buses, or neither",
        "give firstBus and lastBus");
    if (first != null && last != null) {
      member.streamIds().forEach(sid -> inside(sid, first, last, at));
    } else {
      member.streamIds().forEach(sid -> isRequester(sid, at));
    }
  }

  /** Refuses a StreamID that is no requester ID, which has 16 bits. */
  private void isRequester(int streamId, String at) {
    refusals.unless(
        RequesterRoute.ALL.contains(one(streamId)),
        at + ".devices[" + Refusals.hex(Integer.toUnsignedLong(streamId)) + "]",
        "on no bus of segment 0",
        "a StreamID that a requester ID can be, 0x0 to 0xffff",
        "attach the device with bus << 8 | device << 3 | function as its StreamID");
  }

  /** Otherwise the table would route the transactions of the device around its vSMMU. */
  private void inside(int streamId, int first, int last, String at) {
    int bus = streamId >>> BUS_SHIFT;
    refusals.unless(
        bus >= first && bus <= last,
        at + ".devices[" + Refusals.hex(streamId) + "]",
        "on bus " + bus,
        "a StreamID on a bus from firstBus %d to lastBus %d".formatted(first, last),
        "give a range with the bus of its device, or attach it with a StreamID on one of the"
            + " buses");
  }

  /** At the same address, accesses of the guest to one would reach the other. */
  private void controllerApart(Placed smmu) {
    MsiController msi = machine.msi();
    long frame = smmu.place().frame();
    boolean ends = Long.compareUnsigned(frame, -FRAME_BYTES) <= 0;
    boolean exists = Long.compareUnsigned(msi.base(), -msi.bytes()) <= 0;
    refusals.unless(
        !ends
            || !exists
            || !new GpaRange(frame, FRAME_BYTES).overlaps(new GpaRange(msi.base(), msi.bytes())),
        "vsmmus[" + smmu.member().name() + "].frame",
        Refusals.hex(frame),
        "apart from the register frame of the "
            + msi.kind()
            + " at "
            + Refusals.hex(msi.base())
            + ", which takes MSIs",
        "move one of them");
  }

  /** Otherwise the ITS could not distinguish the messages of the vSMMU from those of the device. */
  private void ownDeviceId(Placed smmu) {
    if (interrupts(smmu.place()) instanceof SmmuInterrupts.Messages(int group, long deviceId)) {
      for (Placed other : placed) {
        other
            .member()
            .state()
            .devices()
            .values()
            .forEach(
                device ->
                    refusals.unless(
                        device.streamId() != deviceId,
                        "vsmmus[" + smmu.member().name() + "].deviceId",
                        Refusals.hex(deviceId),
                        "another DeviceID than that of %s behind %s"
                            .formatted(device.device().address(), other.member().name()),
                        "give the DeviceID that the writes of this vSMMU carry, or attach the"
                            + " device with another StreamID"));
      }
    }
  }

  /** A requester ID belongs to one vSMMU. */
  private void requestersApart(Placed smmu, Placed other) {
    for (IdRange mine : smmu.requesters()) {
      for (IdRange theirs : other.requesters()) {
        refusals.unless(
            !mine.overlaps(theirs),
            "vsmmus[" + smmu.member().name() + "]" + (smmu.hasBuses() ? ".firstBus" : ".devices"),
            words(mine),
            "apart from %s of %s".formatted(words(theirs), other.member().name()),
            "give firstBus and lastBus of each such that no function is behind both");
      }
    }
  }

  private static String words(IdRange requesters) {
    boolean buses =
        requesters.first() % FUNCTIONS_OF_BUS == 0 && requesters.count() % FUNCTIONS_OF_BUS == 0;
    return buses
        ? "the buses %d to %d"
            .formatted(requesters.first() >> BUS_SHIFT, (requesters.end() - 1) >> BUS_SHIFT)
        : "the requester IDs %s to %s"
            .formatted(Refusals.hex(requesters.first()), Refusals.hex(requesters.end() - 1));
  }

  /**
   * The requester IDs behind a vSMMU. If the operator gave buses, these; otherwise the whole buses
   * of its devices, so that a device that is plugged in later is behind it too. On a bus that is
   * shared, only the devices themselves.
   */
  private List<IdRange> requesters(Member member, SmmuLocation place) {
    Integer first = place.firstBus();
    Integer last = place.lastBus();
    if (first != null && last != null) {
      return List.of(RequesterRoute.buses(first, last));
    }
    List<IdRange> ranges = new ArrayList<>();
    member.streamIds().stream()
        .map(GuestAcpiTables::one)
        .filter(RequesterRoute.ALL::contains)
        .map(device -> shared.contains(bus(device)) ? device : whole(bus(device)))
        .sorted(Comparator.comparingLong(IdRange::first))
        .forEach(range -> join(ranges, range));
    return ranges;
  }

  /** Adds a range that does not begin before the last one. */
  private static void join(List<IdRange> ranges, IdRange next) {
    if (ranges.isEmpty() || ranges.getLast().end() < next.first()) {
      ranges.add(next);
    } else {
      IdRange last = ranges.removeLast();
      long end = Math.max(last.end(), next.end());
      ranges.add(new IdRange(last.first(), end - last.first()));
    }
  }

  private static IdRange one(int streamId) {
    return new IdRange(Integer.toUnsignedLong(streamId), 1);
  }

  private static IdRange whole(int bus) {
    return RequesterRoute.buses(bus, bus);
  }

  private static int bus(IdRange requester) {
    return (int) (requester.first() >> BUS_SHIFT);
  }

  /**
   * Buses that belong to no single vSMMU: bus 0, which also has emulated devices and the vSMMUs'
   * own functions, whose DMA no vSMMU translates; and buses with devices of several vSMMUs.
   */
  private static Set<Integer> shared(List<Member> members) {
    Set<Integer> shared = new HashSet<>(Set.of(0));
    Map<Integer, String> owners = new HashMap<>();
    for (Member member : members) {
      for (int streamId : member.streamIds()) {
        String owner = owners.putIfAbsent(streamId >>> BUS_SHIFT, member.name());
        if (owner != null && !owner.equals(member.name())) {
          shared.add(streamId >>> BUS_SHIFT);
        }
      }
    }
    return shared;
  }

  private IortLayout layout() {
    boolean its = machine.controller() == Machine.Controller.ITS;
    return new IortLayout(
        AcpiIdentity.DEFAULT,
        its ? List.of(new ItsGroup(List.of(ITS))) : List.of(),
        placed.stream().map(smmu -> smmu(smmu, its)).toList(),
        List.of(rootComplex(its)));
  }

  private GuestSmmu smmu(Placed placed, boolean its) {
    return new GuestSmmu(
        placed.member().name(),
        placed.place().frame(),
        placed.member().state().ids().cohacc(),
        interrupts(placed.place()),
        its ? OptionalInt.of(0) : OptionalInt.empty(),
        machine.guestMsi(),
        // All requester IDs, because a device that is plugged in later needs the MSI window too.
        placed.requesters());
  }

  private static SmmuInterrupts interrupts(SmmuLocation place) {
    SmmuLocation.Wires wires = place.wires();
    if (wires != null) {
      return new SmmuInterrupts.Wired(wires.event(), wires.pri(), wires.gerror(), wires.sync());
    }
    Long device = place.deviceId();
    return new SmmuInterrupts.Messages(0, device == null ? 0 : device);
  }

  private RootComplex rootComplex(boolean its) {
    List<RequesterRoute> routes = new ArrayList<>();
    for (Placed smmu : placed) {
      for (IdRange range : smmu.requesters()) {
        routes.add(RequesterRoute.toSmmu(range, smmu.member().name()));
      }
    }
    routes.sort(BY_REQUESTER);
    if (its) {
      routes.addAll(direct(routes));
      routes.sort(BY_REQUESTER);
    }
    boolean ats = placed.stream().anyMatch(smmu -> hasAts(smmu.member()));
    int pasidBits =
        placed.stream().mapToInt(smmu -> smmu.member().state().ids().ssidSize()).max().orElse(0);
    boolean forwards = ats && pasidBits > 0;
    return new RootComplex(
        0,
        RootComplex.MemoryAttributes.COHERENT,
        new RootComplex.AtsAttribute(ats, false, forwards),
        forwards ? pasidBits : 0,
        ADDRESS_BITS,
        routes);
  }

  /**
   * Whether a device behind the vSMMU may use ATS. Before its first device, a property on auto may
   * still become on; a guest uses ATS only when the vSMMU's own IDR0.ATS is 1 too.
   */
  private static boolean hasAts(Member member) {
    boolean open = member.state().devices().isEmpty() && !member.expected().isEmpty();
    return member.state().ids().ats()
        || (open && member.state().properties().ats() != OnOffAuto.OFF);
  }

  /**
   * Routes to the ITS for the requester IDs behind no vSMMU: emulated devices, present and future.
   */
  private static List<RequesterRoute> direct(List<RequesterRoute> behind) {
    List<RequesterRoute> direct = new ArrayList<>();
    long next = 0;
    for (RequesterRoute route : behind) {
      gap(direct, next, route.requesters().first());
      next = Math.max(next, route.requesters().end());
    }
    gap(direct, next, RequesterRoute.ALL.end());
    return direct;
  }

  private static void gap(List<RequesterRoute> direct, long first, long end) {
    if (first < end) {
      direct.add(RequesterRoute.toIts(new IdRange(first, end - first), 0));
    }
  }
}
