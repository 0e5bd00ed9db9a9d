package io.vsmmu.platform.vmm;

import java.util.List;

/**
 * The part of a virtual machine that has to do with its vSMMUs.
 *
 * @param interrupts the interrupt controller
 * @param memoryMib guest memory, MiB; a vfio-user server has to share it
 * @param vsmmus by bus
 */
public record VmLayout(Interrupts interrupts, long memoryMib, List<PlacedVsmmu> vsmmus) {

  /** Interrupt controllers, as options of QEMU's virt machine. */
  public enum Interrupts {
    GICV3_ITS("gic-version=3", "3"),
    GICV2M("gic-version=2", "2");

    private final String option;
    private final String version;

    Interrupts(String option, String version) {
      this.option = option;
      this.version = version;
    }

    String option() {
      return option;
    }

    String version() {
      return version;
    }
  }

  public VmLayout {
    vsmmus = List.copyOf(vsmmus);
  }
}
