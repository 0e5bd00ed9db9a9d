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
 * @param smmu name of the SMMU before it; empty when there is none
 * @param iommuGroup its group; empty without an IOMMU
 * @param driver the driver that holds it
 * @param deviceFile name of its file below /dev/vfio/devices; empty unless a vfio driver holds it
 *     and the kernel has device files
 * @param bridge whether it is a PCI-to-PCI bridge, root ports among them
 * @param aliases requester ids that bridges put in place of its own, see {@link DmaAliases}
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

  /** Whether the text is a PCI address, and therefore no path to somewhere else. */
  static boolean isAddress(String text) {
    return ADDRESS.matcher(text).matches();
  }

  /**
   * The StreamIDs that the kernel uses, as far as user space can know. No file tells them: the
   * kernel maps requester ids (bus, device, function; and those of bridges that take requests over)
   * by the IORT's ID mappings or the device tree's iommu-map. Nearly all platforms map them one to
   * one for a segment, which is what this gives. Own one first.
   */
  List<Integer> streamIds() {
    return smmu.isPresent()
        ? Stream.concat(Stream.of(requesterId(address)), aliases.stream()).distinct().toList()
        : List.of();
  }

  /** Bus, device and function of an address. */
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
