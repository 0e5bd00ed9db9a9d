package io.vsmmu.control.vm;

import io.vsmmu.platform.MsiController;
import io.vsmmu.platform.acpi.GuestMsi;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operator's description of the machine that a VMM builds, as far as its ACPI tables need it. It
 * is stored as JSON with these names.
 *
 * @param controller what takes the MSIs of the guest's devices
 * @param controllerBase guest-physical address of its register frame, unsigned
 * @param bridges ACPI names of the PCI host bridges
 * @param places addresses, interrupts and buses of its vSMMUs
 * @param guestMsi the address that the guest writes into the MSI registers of devices behind a
 *     vSMMU
 * @param optionRom whether the vSMMUs' functions have an option ROM
 */
public record Machine(
    Controller controller,
    long controllerBase,
    List<String> bridges,
    List<SmmuLocation> places,
    GuestMsi guestMsi,
    RomSwitch optionRom) {

  /** Whether the vSMMUs' functions have an option ROM, by which firmware finds them. */
  public enum RomSwitch {
    ON,
    OFF
  }

  /** Interrupt controllers for MSIs, and where QEMU's virt machine has them (hw/arm/virt.c). */
  public enum Controller {
    ITS(0x808_0000L),
    GICV2M(0x802_0000L);

    private final long defaultBase;

    Controller(long defaultBase) {
      this.defaultBase = defaultBase;
    }

    /** Address of its frame in QEMU's virt machine. */
    public long defaultBase() {
      return defaultBase;
    }
  }

  /** QEMU's virt machine with GICv3 and ITS, without vSMMUs. */
  public static final Machine DEFAULT =
      new Machine(
          Controller.ITS,
          Controller.ITS.defaultBase(),
          List.of("\\_SB.PCI0"),
          List.of(),
          GuestMsi.PHYSICAL,
          RomSwitch.ON);

  /** Components that are null did not exist when the machine was stored, and get their defaults. */
  public Machine(
      Controller controller,
      long controllerBase,
      List<String> bridges,
      List<SmmuLocation> places,
      @Nullable GuestMsi guestMsi,
      @Nullable RomSwitch optionRom) {
    this.controller = controller;
    this.controllerBase = controllerBase;
    this.guestMsi = guestMsi == null ? GuestMsi.PHYSICAL : guestMsi;
    this.optionRom = optionRom == null ? RomSwitch.ON : optionRom;
    this.bridges = List.copyOf(bridges);
    this.places = List.copyOf(places);
  }

  public MsiController msi() {
    return switch (controller) {
      case ITS -> new MsiController.Its(controllerBase);
      case GICV2M -> new MsiController.Gicv2m(controllerBase);
    };
  }

  /** The location of a vSMMU; empty if the operator gave none. */
  public Optional<SmmuLocation> location(String vsmmu) {
    return places.stream().filter(place -> place.vsmmu().equals(vsmmu)).findFirst();
  }

  /** The same machine with other locations of its vSMMUs. */
  Machine with(List<SmmuLocation> others) {
    return new Machine(controller, controllerBase, bridges, others, guestMsi, optionRom);
  }

  /** The same machine, with a vSMMU's frame at this address unless the operator gave one. */
  public Machine withFrame(String vsmmu, long frame) {
    if (location(vsmmu).isPresent()) {
      return this;
    }
    List<SmmuLocation> more = new ArrayList<>(places);
    more.add(SmmuLocation.of(vsmmu).at(frame));
    return with(more);
  }
}
