package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.IdRegisters;
import java.util.List;

/**
 * A host device as the host described it when it was attached.
 *
 * @param address PCI address, for example {@code 0000:01:00.0}
 * @param physicalSmmu name of the physical SMMU that translates its transactions
 * @param group number of its iommu group
 * @param hostIds ID registers of that SMMU (IOMMU_GET_HW_INFO)
 * @param atsSupported false when the host says IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED
 * @param groupMates PCI addresses of the other devices of the iommu group, behind this vSMMU or
 *     not; empty for a device that is alone in its group, and in logs from before they were
 *     recorded
 * @param ownedByVmm whether the VMM binds the device, and the vSMMU's objects are on the VMM's
 *     iommufd: they are destroyed with the last such device, and none of them outlives the VMM
 */
public record HostDevice(
    String address,
    String physicalSmmu,
    int group,
    IdRegisters hostIds,
    boolean atsSupported,
    List<String> groupMates,
    boolean ownedByVmm) {

  public HostDevice {
    groupMates = List.copyOf(groupMates);
  }

  /** A device that is alone in its iommu group. */
  public HostDevice(
      String address, String physicalSmmu, int group, IdRegisters hostIds, boolean atsSupported) {
    this(address, physicalSmmu, group, hostIds, atsSupported, List.of(), false);
  }

  /** This device with other members of its iommu group, by their PCI addresses. */
  public HostDevice withGroupMates(List<String> members) {
    return new HostDevice(address, physicalSmmu, group, hostIds, atsSupported, members, ownedByVmm);
  }

  /** This device, bound by the VMM, or by the service. */
  public HostDevice withOwnedByVmm(boolean vmms) {
    return new HostDevice(address, physicalSmmu, group, hostIds, atsSupported, groupMates, vmms);
  }
}
