package io.vsmmu.host.kernel;

import io.vsmmu.posix.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads SMMUs and PCI devices from sysfs, anew at each call. An SMMUv3 is listed below class/iommu
 * as {@code smmu3.} followed by its address (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c,
 * arm_smmu_device_probe).
 */
final class SysfsTree {

  private static final String SMMUV3 = "smmu3.";
  private static final String VFIO_FILES = "vfio-dev";

  /** PCI Code and ID Assignment Specification: base class 06h, subclass 04h. */
  private static final String BRIDGE_CLASS = "0x0604";

  private final HostPaths paths;

  SysfsTree(HostPaths paths) {
    this.paths = paths;
  }

  List<String> smmus() {
    return TextFile.names(paths.sysfs().resolve("class/iommu")).stream()
        .filter(name -> name.startsWith(SMMUV3))
        .toList();
  }

  /** The PCI devices behind an SMMUv3, in order of their addresses. */
  List<PciDevice> devicesBehindSmmus() {
    return TextFile.names(paths.pciDevices()).stream()
        .filter(PciDevice::isAddress)
        .map(this::read)
        .filter(device -> device.smmu().isPresent() && device.iommuGroup().isPresent())
        .toList();
  }

  /** The device at this address; empty when there is none, or the text is no PCI address. */
  Optional<PciDevice> device(String address) {
    String name = address.toLowerCase(Locale.ROOT);
    return PciDevice.isAddress(name) && Files.exists(paths.pciDevices().resolve(name))
        ? Optional.of(read(name))
        : Optional.empty();
  }

  /** Address of the PCI device whose vfio device file has this number. */
  Optional<String> addressOf(DeviceNumber number) {
    Path link = paths.sysfs().resolve("dev/char").resolve(number.toString());
    try {
      Path file = link.toRealPath();
      Path directory = file.getParent();
      if (directory == null || !directory.endsWith(VFIO_FILES) || directory.getParent() == null) {
        return Optional.empty();
      }
      return Optional.of(String.valueOf(directory.getParent().getFileName()))
          .filter(PciDevice::isAddress);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private PciDevice read(String address) {
    Path directory = paths.pciDevices().resolve(address);
    return new PciDevice(
        address,
        TextFile.linkedName(directory.resolve("iommu")).filter(name -> name.startsWith(SMMUV3)),
        group(directory),
        TextFile.linkedName(directory.resolve("driver")),
        deviceFile(directory.resolve(VFIO_FILES)),
        TextFile.read(directory.resolve("class")).orElse("").startsWith(BRIDGE_CLASS),
        aliases(directory));
  }

  private static List<Integer> aliases(Path directory) {
    try {
      return DmaAliases.of(directory.toRealPath());
    } catch (IOException gone) {
      return List.of();
    }
  }

  private static OptionalInt group(Path directory) {
    return TextFile.linkedName(directory.resolve("iommu_group"))
        .filter(name -> name.matches("\\d{1,9}"))
        .map(name -> OptionalInt.of(Integer.parseInt(name)))
        .orElse(OptionalInt.empty());
  }

  /**
   * Name of the device's file. Without CONFIG_VFIO_DEVICE_CDEV the entry exists but has no device
   * number.
   */
  private static Optional<String> deviceFile(Path directory) {
    return TextFile.names(directory).stream()
        .filter(name -> Files.exists(directory.resolve(name).resolve("dev")))
        .findFirst();
  }
}
