package io.vsmmu.host.kernel;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A PCI device as sysfs shows it.
 *
 * @param address {@code 0000:01:00.0}
 * @param smmu name of the SMMU that translates its DMA; empty when there is none
 * @param iommuGroup number of its iommu group; empty without an IOMMU
 * @param driver the driver that holds it
 * @param deviceFile name of its file below /dev/vfio/devices; empty unless a vfio driver holds it
 *     and the kernel has device files
 * @param bridge whether it is a PCI-to-PCI bridge, which includes root ports
 * @param aliases requester ids that bridges substitute for its own, see {@link DmaAliases}
 */
record PciDevice(
    String address,
    Optional<String> smmu,
    OptionalInt iommuGroup,
    Optional<String> driver,
    Optional<String> deviceFile,
    boolean bridge,
    List<Integer> aliases) {

  private static final Pattern ADDRESS =
      Pattern.compile(
          "\\p{XDigit}{4,8}:(\\p{XDigit}{2}):([01]\\p{XDigit})\\.([0-7])",
          Pattern.CASE_INSENSITIVE);
  private static final int HEX = 16;
  private static final int BUS_SHIFT = 8;
  private static final int DEVICE_SHIFT = 3;

  /** Whether the text is a PCI address, and therefore safe as a part of a path. */
  static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }

  /**
   * The StreamIDs that the kernel uses for the device, as far as user space can know them; the
   * device's own is the first. No file shows them: the kernel maps requester ids (the device's own,
   * and the aliases) by the ID mappings of the IORT or the iommu-map of the device tree. Nearly all
   * platforms map them one to one within a segment, and this method assumes so.
   */
  List<Integer> streamIds() {
    return smmu.isPresent()
        ? Stream.concat(Stream.of(requesterId(address)), aliases.stream()).distinct().toList()
        : List.of();
  }

  /** The requester id of an address: bus, device and function in 16 bits. */
  static int requesterId(String address) {
    Matcher parts = ADDRESS.matcher(address);
    return parts.matches()
        ? part(parts, 1) << BUS_SHIFT | part(parts, 2) << DEVICE_SHIFT | part(parts, 3)
        : 0;
  }

  private static int part(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group), HEX);
  }
}
