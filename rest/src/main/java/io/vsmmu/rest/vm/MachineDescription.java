package io.vsmmu.rest.vm;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.SmmuLocation;
import io.vsmmu.control.vm.VmLimits;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The machine that a VMM builds, with what the firmware's tables need of it. */
@Schema(name = "Machine")
record MachineDescription(
    @Nullable @Schema(description = "its (the default) or gicv2m") String msi,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            description =
                "Guest-physical address of that controller's frame; by default as QEMU's virt"
                    + " machine has it: 0x8080000 for its, 0x8020000 for gicv2m",
            example = "0x8080000")
        String msiBase,
    @Nullable
        @Schema(
            description = "ACPI names of the PCI host bridges; by default that of the first one",
            example = "[\"\\\\_SB.PCI0\"]")
        List<String> bridges,
    @Nullable
        @Schema(
            description =
                "Which address the guest writes into the MSI registers of devices behind its"
                    + " vSMMUs: physical (the default) for a VMM that takes it for guest-physical,"
                    + " as QEMU does beside a vfio-user function; translated for one that"
                    + " translates it")
        String guestMsi,
    @Nullable
        @Schema(
            description =
                "on (the default) or off: whether the vSMMUs' functions bring an option ROM, by"
                    + " which UEFI firmware tells the guest of them")
        String optionRom,
    @Nullable @Schema(description = "Where the guest finds its vSMMUs") List<VsmmuPlace> vsmmus) {

  @Schema(name = "VsmmuPlace")
  record VsmmuPlace(
      @Nullable
          @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "Name of the vSMMU")
          String name,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description =
                  "Guest-physical address of its register frame: of BAR 0 for a vfio-user function."
                      + " The option ROM does not need it",
              example = "0x8000000000")
          String frame,
      @Nullable @Schema(description = "Its wired interrupts; without them it uses MSIs")
          VsmmuWires wires,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(
              description =
                  "Its own DeviceID at the ITS, for its MSIs; by default 0, as QEMU's vfio-user"
                      + " functions have it")
          String deviceId,
      @Nullable
          @Schema(
              description =
                  "First of the PCI buses behind it, 0 to 255; by default that of its devices")
          Integer firstBus,
      @Nullable @Schema(description = "Last of them") Integer lastBus) {

    static VsmmuPlace of(SmmuLocation place) {
      SmmuLocation.Wires wires = place.wires();
      Long device = place.deviceId();
      return new VsmmuPlace(
          place.vsmmu(),
          Hex.of(place.frame()),
          wires == null
              ? null
              : new VsmmuWires(wires.event(), wires.pri(), wires.gerror(), wires.sync()),
          device == null ? null : Hex.of(device.longValue()),
          place.firstBus(),
          place.lastBus());
    }

    SmmuLocation given(String at) {
      if (wires != null && deviceId != null) {
        throw ProblemException.invalid(at + ".deviceId", deviceId, "nothing beside wires");
      }
      return new SmmuLocation(
          ProblemException.required(at + ".name", name, "the name of a vSMMU"),
          Numbers.unsigned(
              at + ".frame",
              ProblemException.required(at + ".frame", frame, "the address of its register frame"),
              Numbers.ADDRESS_BITS),
          wires == null ? null : wires.given(at + ".wires"),
          deviceId == null ? null : (Long) Numbers.unsigned(at + ".deviceId", deviceId, 32),
          bus(at + ".firstBus", firstBus),
          bus(at + ".lastBus", lastBus));
    }

    private @Nullable Integer bus(String field, @Nullable Integer bus) {
      if ((firstBus == null) != (lastBus == null)) {
        throw ProblemException.invalid(
            field, String.valueOf(bus), "both ends of the range of buses, or neither");
      }
      if (bus != null && (bus < 0 || bus > LAST_BUS)) {
        throw ProblemException.invalid(field, bus.toString(), "0 to " + LAST_BUS);
      }
      return bus;
    }
  }

  @Schema(name = "VsmmuWires", description = "INTIDs at the GIC: those of SPIs are 32 and more")
  record VsmmuWires(long event, long pri, long gerror, long sync) {

    SmmuLocation.Wires given(String at) {
      check(at + ".event", event);
      check(at + ".pri", pri);
      check(at + ".gerror", gerror);
      check(at + ".sync", sync);
      return new SmmuLocation.Wires(event, pri, gerror, sync);
    }

    private static void check(String field, long intid) {
      if (intid < FIRST_SPI || intid > LAST_SPI) {
        throw ProblemException.invalid(
            field, String.valueOf(intid), FIRST_SPI + " to " + LAST_SPI + ", an SPI of the GIC");
      }
    }
  }

  private static final int LAST_BUS = 255;
  private static final int FIRST_SPI = 32;
  private static final int LAST_SPI = 1019;

  static MachineDescription of(Machine machine) {
    return new MachineDescription(
        EnumNames.of(Machine.Controller.class).get(machine.controller().ordinal()),
        Hex.of(machine.controllerBase()),
        machine.bridges(),
        EnumNames.of(GuestMsi.class).get(machine.guestMsi().ordinal()),
        EnumNames.of(Machine.RomSwitch.class).get(machine.optionRom().ordinal()),
        machine.places().stream().map(VsmmuPlace::of).toList());
  }

  /** The machine that a request describes; what is absent is as QEMU's virt machine has it. */
  static Machine given(@Nullable MachineDescription wanted) {
    return wanted == null ? Machine.DEFAULT : wanted.machine();
  }

  private Machine machine() {
    Machine.Controller controller =
        EnumNames.orElse("machine.msi", msi, Machine.Controller.class, Machine.Controller.ITS);
    long base =
        msiBase == null
            ? controller.defaultBase()
            : Numbers.unsigned("machine.msiBase", msiBase, Numbers.ADDRESS_BITS);
    return new Machine(
        controller,
        base,
        givenBridges(),
        givenPlaces(),
        EnumNames.orElse("machine.guestMsi", guestMsi, GuestMsi.class, Machine.DEFAULT.guestMsi()),
        EnumNames.orElse(
            "machine.optionRom", optionRom, Machine.RomSwitch.class, Machine.DEFAULT.optionRom()));
  }

  private List<String> givenBridges() {
    if (bridges == null) {
      return Machine.DEFAULT.bridges();
    }
    if (bridges.isEmpty() || bridges.size() > VmLimits.BRIDGES) {
      throw ProblemException.invalid(
          "machine.bridges", bridges.size() + " names", "1 to " + VmLimits.BRIDGES);
    }
    for (int i = 0; i < bridges.size(); i++) {
      String bridge = bridges.get(i);
      if (bridge == null || bridge.length() > VmLimits.BRIDGE_CHARS) {
        throw ProblemException.invalid(
            "machine.bridges[" + i + "]", bridge, "a name of ACPI, as in \\_SB.PCI0");
      }
    }
    return bridges;
  }

  private List<SmmuLocation> givenPlaces() {
    List<VsmmuPlace> wanted = vsmmus == null ? List.of() : vsmmus;
    if (wanted.size() > VmLimits.VSMMUS) {
      throw ProblemException.invalid(
          "machine.vsmmus", wanted.size() + " places", "at most " + VmLimits.VSMMUS);
    }
    List<SmmuLocation> places = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      String at = "machine.vsmmus[" + i + "]";
      VsmmuPlace place = wanted.get(i);
      if (place == null) {
        throw ProblemException.invalid(at, null, "the place of a vSMMU");
      }
      SmmuLocation given = place.given(at);
      if (!names.add(given.vsmmu())) {
        throw ProblemException.invalid(at + ".name", given.vsmmu(), "each vSMMU once");
      }
      places.add(given);
    }
    return places;
  }
}
