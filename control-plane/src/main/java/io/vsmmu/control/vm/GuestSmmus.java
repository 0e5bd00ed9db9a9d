package io.vsmmu.control.vm;

import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.MsiController;
import io.vsmmu.platform.Outcome;
import io.vsmmu.platform.Refusals;
import io.vsmmu.platform.acpi.AcpiIdentity;
import io.vsmmu.platform.acpi.AcpiTable;
import io.vsmmu.platform.acpi.AtsAttribute;
import io.vsmmu.platform.acpi.BusRoute;
import io.vsmmu.platform.acpi.GuestSmmu;
import io.vsmmu.platform.acpi.IortBuilder;
import io.vsmmu.platform.acpi.IortLayout;
import io.vsmmu.platform.acpi.ItsGroup;
import io.vsmmu.platform.acpi.MemoryAttributes;
import io.vsmmu.platform.acpi.PreserveBootConfiguration;
import io.vsmmu.platform.acpi.RootComplex;
import io.vsmmu.platform.acpi.SmmuInterrupts;
import io.vsmmu.platform.acpi.StreamRange;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The ACPI tables of a machine: what was told of it, with what the vSMMUs' logs say of their ID
 * registers and devices. Pure.
 */
public final class GuestSmmus {

  private static final int BUS_SHIFT = 8;
  private static final int LAST_BUS = 255;
  private static final int FUNCTIONS_OF_BUS = 256;
  private static final int ADDRESS_BITS = 64;

  /** Of the register frame: pages 0 and 1, 64 KiB each. */
  private static final long FRAME_BYTES = 0x2_0000;

  /** The only ITS of QEMU's virt machine has this identifier in its MADT. */
  private static final long ITS = 0;

  /** A vSMMU of the machine. */
  public record Member(String name, VsmmuState state) {}

  /** A vSMMU with the buses behind it; none when it has no devices and nobody named buses. */
  private record Placed(Member member, SmmuPlace place, Optional<Buses> buses) {

    List<BusRoute> routes() {
      return buses.stream()
          .map(range -> BusRoute.toSmmu(range.first(), range.last(), member.name()))
          .toList();
    }
  }

  private record Buses(int first, int last) {}

  private final Machine machine;
  private final List<Placed> placed = new ArrayList<>();
  private final Refusals refusals = new Refusals();

  private GuestSmmus(Machine machine, List<Member> members) {
    this.machine = machine;
    members.forEach(this::place);
    for (int i = 0; i < placed.size(); i++) {
      controllerApart(placed.get(i));
      ownDeviceId(placed.get(i));
      for (Placed other : placed.subList(0, i)) {
        busesApart(placed.get(i), other);
      }
    }
  }

  /** The I/O Remapping Table, or what is missing or wrong. */
  public static Outcome<AcpiTable> iort(Machine machine, List<Member> members) {
    GuestSmmus smmus = new GuestSmmus(machine, members);
    return smmus.refusals.orMake(smmus::layout).then(IortBuilder::build);
  }

  /** The SSDT with _DSM function 5 for the machine's host bridges. */
  public static Outcome<AcpiTable> preserveBootConfiguration(Machine machine) {
    return PreserveBootConfiguration.build(AcpiIdentity.OURS, machine.bridges());
  }

  private void place(Member member) {
    String at = "vsmmus[" + member.name() + "]";
    Optional<SmmuPlace> known = machine.place(member.name());
    refusals.unless(
        known.isPresent(),
        at + ".frame",
        "not told",
        "the guest-physical address of its register frame",
        "PUT /api/v1/vms/{vm}/machine with the address that BAR 0 has in the guest");
    known.ifPresent(place -> place(member, place, at));
  }

  private void place(Member member, SmmuPlace place, String at) {
    refusals.unless(
        place.wires() != null || machine.controller() == Machine.Controller.ITS,
        at + ".wires",
        "not told",
        "four interrupts of the GIC, because a machine with GICv2m has no ITS",
        "give wires, or msi its");
    range(member, place, at);
    placed.add(new Placed(member, place, buses(member, place)));
  }

  private void range(Member member, SmmuPlace place, String at) {
    Integer first = place.firstBus();
    Integer last = place.lastBus();
    refusals.unless(
        (first == null) == (last == null),
        at + (first == null ? ".firstBus" : ".lastBus"),
        "not told",
        "both ends of the range of buses, or neither",
        "give firstBus and lastBus");
    if (first != null && last != null) {
      member.state().devices().keySet().forEach(sid -> inside(sid, first, last, at));
    }
  }

  /** The firmware would send what the device does past its vSMMU. */
  private void inside(int streamId, int first, int last, String at) {
    int bus = streamId >>> BUS_SHIFT;
    refusals.unless(
        bus >= first && bus <= last,
        at + ".devices[" + Refusals.hex(streamId) + "]",
        "on bus " + bus,
        "a StreamID on a bus from firstBus %d to lastBus %d".formatted(first, last),
        "tell buses that have its device among them, or attach it with a StreamID on one of them");
  }

  /** A guest that programs one would program the other. */
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

  /** Its messages would be taken for those of a device. */
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

  /** A device is behind one of them. */
  private void busesApart(Placed smmu, Placed other) {
    if (smmu.buses().isPresent() && other.buses().isPresent()) {
      Buses mine = smmu.buses().get();
      Buses theirs = other.buses().get();
      refusals.unless(
          mine.first() > theirs.last() || theirs.first() > mine.last(),
          "vsmmus[" + smmu.member().name() + "].firstBus",
          "%d, the last %d".formatted(mine.first(), mine.last()),
          "apart from the buses %d to %d of %s"
              .formatted(theirs.first(), theirs.last(), other.member().name()),
          "tell firstBus and lastBus of each such that no bus is behind both");
    }
  }

  private static Optional<Buses> buses(Member member, SmmuPlace place) {
    Integer first = place.firstBus();
    Integer last = place.lastBus();
    if (first != null && last != null) {
      return Optional.of(new Buses(first, last));
    }
    IntSummaryStatistics buses =
        member.state().devices().keySet().stream()
            .mapToInt(streamId -> streamId >>> BUS_SHIFT)
            .summaryStatistics();
    return buses.getCount() == 0
        ? Optional.empty()
        : Optional.of(new Buses(buses.getMin(), buses.getMax()));
  }

  private IortLayout layout() {
    boolean its = machine.controller() == Machine.Controller.ITS;
    return new IortLayout(
        AcpiIdentity.OURS,
        its ? List.of(new ItsGroup(List.of(ITS))) : List.of(),
        placed.stream().map(smmu -> smmu(smmu, its)).toList(),
        List.of(rootComplex(its)));
  }

  private static GuestSmmu smmu(Placed placed, boolean its) {
    return new GuestSmmu(
        placed.member().name(),
        placed.place().frame(),
        placed.member().state().ids().cohacc(),
        interrupts(placed.place()),
        its ? OptionalInt.of(0) : OptionalInt.empty(),
        // All of them: a device that is plugged in later needs the window too.
        placed.buses().map(GuestSmmus::streams).stream().toList());
  }

  private static StreamRange streams(Buses buses) {
    return new StreamRange(
        (long) buses.first() << BUS_SHIFT, (buses.last() - buses.first() + 1L) * FUNCTIONS_OF_BUS);
  }

  private static SmmuInterrupts interrupts(SmmuPlace place) {
    SmmuPlace.Wires wires = place.wires();
    if (wires != null) {
      return new SmmuInterrupts.Wired(wires.event(), wires.pri(), wires.gerror(), wires.sync());
    }
    Long device = place.deviceId();
    return new SmmuInterrupts.Messages(0, device == null ? 0 : device);
  }

  private RootComplex rootComplex(boolean its) {
    List<BusRoute> routes = new ArrayList<>();
    placed.forEach(smmu -> routes.addAll(smmu.routes()));
    if (its) {
      routes.addAll(direct(List.copyOf(routes)));
    }
    routes.sort(Comparator.comparingInt(BusRoute::firstBus));
    boolean ats = placed.stream().anyMatch(smmu -> smmu.member().state().ids().ats());
    int pasidBits =
        placed.stream().mapToInt(smmu -> smmu.member().state().ids().ssidSize()).max().orElse(0);
    boolean forwards = ats && pasidBits > 0;
    return new RootComplex(
        0,
        MemoryAttributes.COHERENT,
        new AtsAttribute(ats, false, forwards),
        forwards ? pasidBits : 0,
        ADDRESS_BITS,
        routes);
  }

  /** Buses behind no vSMMU reach the ITS directly. */
  private static List<BusRoute> direct(List<BusRoute> behind) {
    List<BusRoute> direct = new ArrayList<>();
    int bus = 0;
    for (BusRoute route :
        behind.stream().sorted(Comparator.comparingInt(BusRoute::firstBus)).toList()) {
      if (bus < route.firstBus()) {
        direct.add(BusRoute.toIts(bus, route.firstBus() - 1, 0));
      }
      bus = Math.max(bus, route.lastBus() + 1);
    }
    if (bus <= LAST_BUS) {
      direct.add(BusRoute.toIts(bus, LAST_BUS, 0));
    }
    return direct;
  }
}
