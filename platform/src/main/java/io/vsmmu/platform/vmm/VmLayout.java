package io.vsmmu.platform.vmm;

import java.util.List;

/**
 * The part of a virtual machine that concerns its vSMMUs.
 *
 * @param gic the interrupt controller
 * @param memoryMib size of guest memory in MiB; used only where it is shared with the vSMMUs
 * @param vsmmus the vSMMUs, each with a root bus
 */
public record VmLayout(GicVersion gic, long memoryMib, List<RootBusVsmmu> vsmmus) {

  /** The interrupt controllers of QEMU's virt machine that receive MSIs. */
  public enum GicVersion {
    GICV3_ITS("gic-version=3", "3"),
    GICV2M("gic-version=2", "2");

    private final String option;
    private final String version;

    GicVersion(String option, String version) {
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
