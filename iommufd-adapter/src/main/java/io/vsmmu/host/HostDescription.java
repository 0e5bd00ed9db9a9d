package io.vsmmu.host;

import java.util.List;
import java.util.Optional;

/**
 * The physical SMMUs and devices of a host and the features of its kernel, as far as user space can
 * see them.
 *
 * @param smmus the physical SMMUs, in the order the host lists them
 * @param devices PCI devices behind those SMMUs
 * @param kernel the features of the running kernel
 */
public record HostDescription(
    List<PhysicalSmmu> smmus, List<Device> devices, KernelSupport kernel) {

  public HostDescription {
    smmus = List.copyOf(smmus);
    devices = List.copyOf(devices);
  }

  /**
   * A physical SMMU.
   *
   * @param name the host's name of it, such as {@code smmu3.0x0000000009050000} (/sys/class/iommu)
   * @param ids its identification; empty when no device behind it is bound to vfio, because the
   *     kernel gives it only through a bound device
   */
  public record PhysicalSmmu(String name, Optional<SmmuIds> ids) {}

  /**
   * A PCI device behind a physical SMMU.
   *
   * @param address PCI address, {@code 0000:01:00.0}
   * @param iommuGroup number of its iommu group; all devices of a group share one HWPT
   * @param smmu {@link PhysicalSmmu#name()}
   * @param streamIds its StreamIDs on the physical SMMU; empty when user space cannot find them out
   * @param boundToVfio whether vfio-pci holds it, so that it has a character device below
   *     /dev/vfio/devices
   * @param hwInfo what {@code IOMMU_GET_HW_INFO} says; empty unless bound to vfio
   */
  public record Device(
      String address,
      int iommuGroup,
      String smmu,
      List<Integer> streamIds,
      boolean boundToVfio,
      Optional<HwInfo> hwInfo) {

    public Device {
      streamIds = List.copyOf(streamIds);
    }

    /** A copy with other hardware information. */
    public Device withHwInfo(Optional<HwInfo> info) {
      return new Device(address, iommuGroup, smmu, streamIds, boundToVfio, info);
    }
  }

  /** The device at this PCI address. */
  public Optional<Device> device(String address) {
    return devices.stream().filter(device -> device.address().equals(address)).findFirst();
  }
}
