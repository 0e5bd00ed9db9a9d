package io.vsmmu.host;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The features of the running kernel that a vSMMU needs.
 *
 * @param release the kernel's release, as {@code uname -r} gives it
 * @param present the features found
 */
public record KernelSupport(String release, Set<Feature> present) {

  public KernelSupport {
    present = Set.copyOf(present);
  }

  /** A feature of iommufd or of the Arm SMMUv3 driver that may be absent. */
  public enum Feature {
    /** {@code /dev/iommu} exists and can be opened. */
    IOMMUFD(
        "6.2",
        "no device can be given to a guest: `modprobe iommufd`, or use a kernel with"
            + " `CONFIG_IOMMUFD`; recording, import and replay work"),
    /** {@code VFIO_DEVICE_BIND_IOMMUFD} on /dev/vfio/devices/vfioN. */
    VFIO_CDEV(
        "6.6",
        "no device can be bound: use a kernel with `CONFIG_VFIO_DEVICE_CDEV`; logs and replay"
            + " work"),
    /** vIOMMU objects and nested HWPTs of type ARM_SMMUV3. */
    VIOMMU_ARM_SMMUV3("6.13", "no nested translation; recording, import and replay work"),
    /** The kernel has {@code IOMMU_IOAS_MAP_FILE}. */
    MAP_FILE("6.14", "guest RAM is mapped by user address instead of by memfd; all else works"),
    /** The kernel has {@code IOMMU_VEVENTQ_ALLOC}. */
    VEVENTQ("6.15", "faults of devices reach neither the guest nor the log; all else works"),
    /** Abort and bypass HWPTs may be attached before the device has a vDEVICE. */
    ATTACH_WITHOUT_VDEVICE(
        "6.19",
        "GBPA cannot be applied before the guest's StreamID is known, and a second device of the"
            + " same iommu group fails with EINVAL; one device per group works"),
    /** {@code IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED} is reported. */
    ATS_NOT_SUPPORTED_CAPABILITY(
        "7.0",
        "a device counts as having ATS when it has the PCI capability: where the way to it has no"
            + " ATS, `./vsmmu devices attach NAME DEVICE SID --ats off`");

    private final String since;
    private final String consequence;

    Feature(String since, String consequence) {
      this.since = since;
      this.consequence = consequence;
    }

    /** First kernel release that has it, {@code major.minor}. */
    public String since() {
      return since;
    }

    /** Says what does not work without the feature, and what still does. */
    public String consequence() {
      return consequence;
    }
  }

  public boolean has(Feature feature) {
    return present.contains(feature);
  }

  /** The features this kernel lacks, in the order of {@link Feature}. */
  public List<Feature> missing() {
    return Arrays.stream(Feature.values()).filter(feature -> !has(feature)).toList();
  }
}
