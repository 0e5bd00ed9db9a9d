package io.vsmmu.host.kernel;

import java.nio.file.Path;

/**
 * The paths at which the kernel shows devices and processes.
 *
 * @param iommu the iommufd device, /dev/iommu
 * @param vfioDevices directory of vfio's device files, /dev/vfio/devices
 * @param sysfs /sys
 * @param proc /proc
 */
public record HostPaths(Path iommu, Path vfioDevices, Path sysfs, Path proc) {

  /** The paths of the running system. */
  public static HostPaths system() {
    return below(Path.of("/"));
  }

  /** The same paths below another directory, for tests. */
  public static HostPaths below(Path root) {
    return new HostPaths(
        root.resolve("dev/iommu"),
        root.resolve("dev/vfio/devices"),
        root.resolve("sys"),
        root.resolve("proc"));
  }

  Path pciDevices() {
    return sysfs.resolve("bus/pci/devices");
  }
}
