package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Refusals;

/**
 * What a command line may need of QEMU, and the first release that has it. Sources: the properties
 * that {@code -device NAME,help} of QEMU 11.1.3 lists; the development history of hw/arm/smmuv3.c
 * and hw/vfio/pci.c for the releases before.
 */
public enum QemuFeature {
  /** Device vfio-user-pci: the client of the vfio-user protocol (hw/vfio-user/pci.c). */
  VFIO_USER("-device vfio-user-pci", 10, 1),
  /**
   * Device arm-smmuv3 with primary-bus, an SMMU for each root bus. Before it there was one for the
   * machine, with {@code -machine iommu=smmuv3}.
   */
  SMMU_DEVICE("-device arm-smmuv3,primary-bus", 10, 2),
  /**
   * The host's SMMU translates (hw/arm/smmuv3-accel.c); ats, ril, oas and ssidsize came with it.
   */
  ACCEL("-device arm-smmuv3,accel", 11, 0),
  /** Where a synthetic PASID capability goes. */
  PASID_OFFSET("-device vfio-pci,x-vpasid-cap-offset", 11, 0),
  /** Queues of the host's SMMU that the guest has to itself; auto unless something else is said. */
  CMDQV("-device arm-smmuv3,cmdqv", 11, 1),
  /** Whether the guest sees a device's ATS capability. Before, it always did. */
  DEVICE_ATS("-device vfio-pci,ats", 11, 1);

  /** The release that lines are written for unless another one is named: the first with ACCEL. */
  public static final VmmVersion USUAL = ACCEL.since();

  private final String option;
  private final VmmVersion since;

  QemuFeature(String option, int major, int minor) {
    this.option = option;
    this.since = new VmmVersion(major, minor);
  }

  /** Device and property. */
  public String option() {
    return option;
  }

  /** The first release that has it. */
  public VmmVersion since() {
    return since;
  }

  /** Whether a release has it. */
  public boolean in(VmmVersion version) {
    return version.compareTo(since) >= 0;
  }

  /** Adds a reason when the release does not have it. */
  void required(VmmVersion version, Refusals refusals) {
    refusals.unless(
        in(version),
        "qemu",
        version.toString(),
        since + " or later, the first with " + option,
        "use a newer QEMU, or leave out what needs it");
  }
}
