package io.vsmmu.host.kernel;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PCI device as sysfs shows it.
 *
 * @param address {@code 0000:01:00.0}
 * @param smmu name of the SMMU before it; empty when there is none
 * @param iommuGroup its group; empty without an IOMMU
 * @param driver the driver that holds it
 * @param deviceFile name of its file below /dev/vfio/devices; empty unless a vfio driver holds it
 *     and the kernel has device files
 */
record PciDevice(
    String address,
    Optional<String> smmu,
    OptionalInt iommuGroup,
    Optional<String> driver,
    Optional<String> deviceFile) {

  private static final Pattern ADDRESS =
      Pattern.compile(
          "\\p{XDigit}{4,8}:(\\p{XDigit}{2}):([01]\\p{XDigit})\\.([0-7])",
          Pattern.CASE_INSENSITIVE);
  private static final int HEX = 16;
  private static final int BUS_SHIFT = 8;
  private static final int DEVICE_SHIFT = 3;

  /** Whether the text is a PCI address, and therefore no path to somewhere else. */
  static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }

  /**
   * The StreamID that the kernel uses, as far as user space can know. No file tells it: the kernel
   * maps the requester id (bus, device, function) by the IORT's ID mappings or the device tree's
   * iommu-map. Nearly all platforms map it one to one for a segment, which is what this gives. A
   * device behind a bridge that takes its requests over has a further one that is not seen here;
   * {@code IOMMU_VDEVICE_ALLOC} then says EOPNOTSUPP.
   */
  List<Integer> streamIds() {
    Matcher parts = ADDRESS.matcher(address);
    return smmu.isPresent() && parts.matches()
        ? List.of(part(parts, 1) << BUS_SHIFT | part(parts, 2) << DEVICE_SHIFT | part(parts, 3))
        : List.of();
  }

  private static int part(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group), HEX);
  }
}
