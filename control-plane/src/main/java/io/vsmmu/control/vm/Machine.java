package io.vsmmu.control.vm;

import io.vsmmu.platform.MsiController;
import java.util.List;
import java.util.Optional;

/**
 * What an operator says of the machine that a VMM builds, as far as its firmware's tables need it.
 *
 * @param controller what takes the MSIs of the guest's devices
 * @param controllerBase guest-physical address of its register frame, unsigned
 * @param bridges ACPI names of the PCI host bridges
 * @param places where the guest finds its vSMMUs
 */
public record Machine(
    Controller controller, long controllerBase, List<String> bridges, List<SmmuPlace> places) {

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
      new Machine(Controller.ITS, Controller.ITS.usualBase(), List.of("\\_SB.PCI0"), List.of());

  public Machine {
    bridges = List.copyOf(bridges);
    places = List.copyOf(places);
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
}
