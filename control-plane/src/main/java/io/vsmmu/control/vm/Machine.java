package io.vsmmu.control.vm;

import io.vsmmu.platform.MsiController;
import io.vsmmu.platform.acpi.GuestMsi;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of the machine that a VMM builds, as far as its firmware's tables need it.
 *
 * @param controller what takes the MSIs of the guest's devices
 * @param controllerBase guest-physical address of its register frame, unsigned
 * @param bridges ACPI names of the PCI host bridges
 * @param places where the guest finds its vSMMUs
 * @param guestMsi which address the guest writes into the MSI registers of devices behind them
 * @param optionRom whether their functions bring an option ROM
 */
public record Machine(
    Controller controller,
    long controllerBase,
    List<String> bridges,
    List<SmmuPlace> places,
    GuestMsi guestMsi,
    RomSwitch optionRom) {

  /** Whether the vSMMUs' functions bring an option ROM, by which firmware finds them. */
  public enum RomSwitch {
    ON,
    OFF
  }

  /** Interrupt controllers for MSIs, and where QEMU's virt machine has them (hw/arm/virt.c). */
  public enum Controller {
    ITS(0x808_0000L),
    GICV2M(0x802_0000L);

    private final long usualBase;

    Controller(long usualBase) {
      this.usualBase = usualBase;
    }

    /** Address of its frame in QEMU's virt machine. */
    public long usualBase() {
      return usualBase;
    }
  }

  /** QEMU's virt machine with GICv3 and ITS, of whose vSMMUs nothing is known yet. */
  public static final Machine USUAL =
      new Machine(
          Controller.ITS,
          Controller.ITS.usualBase(),
          List.of("\\_SB.PCI0"),
          List.of(),
          GuestMsi.PHYSICAL,
          RomSwitch.ON);

  /** What is null was not asked for when the machine was stored, and is as usual. */
  public Machine(
      Controller controller,
      long controllerBase,
      List<String> bridges,
      List<SmmuPlace> places,
      @Nullable GuestMsi guestMsi,
      @Nullable RomSwitch optionRom) {
    this.controller = controller;
    this.controllerBase = controllerBase;
    this.guestMsi = guestMsi == null ? GuestMsi.PHYSICAL : guestMsi;
    this.optionRom = optionRom == null ? RomSwitch.ON : optionRom;
    this.bridges = List.copyOf(bridges);
    this.places = List.copyOf(places);
  }

  /** The interrupt controller. */
  public MsiController msi() {
    return switch (controller) {
      case ITS -> new MsiController.Its(controllerBase);
      case GICV2M -> new MsiController.Gicv2m(controllerBase);
    };
  }

  /** Where the guest finds the vSMMU of this name. */
  public Optional<SmmuPlace> place(String vsmmu) {
    return places.stream().filter(place -> place.vsmmu().equals(vsmmu)).findFirst();
  }

  /** The same machine with its vSMMUs at other places. */
  Machine with(List<SmmuPlace> others) {
    return new Machine(controller, controllerBase, bridges, others, guestMsi, optionRom);
  }

  /** The same machine, with a vSMMU's frame at this address unless the operator gave one. */
  public Machine withFrame(String vsmmu, long frame) {
    if (place(vsmmu).isPresent()) {
      return this;
    }
    List<SmmuPlace> more = new ArrayList<>(places);
    more.add(SmmuPlace.of(vsmmu).at(frame));
    return with(more);
  }
}
