package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.IdRegisters;
import java.util.List;

/**
 * A host device as the host described it when it was attached.
 *
 * @param address PCI address, for example {@code 0000:01:00.0}
 * @param physicalSmmu name of the SMMU in front of it
 * @param group iommu group number
 * @param hostIds ID registers of that SMMU (IOMMU_GET_HW_INFO)
 * @param atsSupported false when the host says IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED
 * @param groupMates PCI addresses of the other devices of the iommu group, behind this vSMMU or
 *     not; empty for a device that is alone in its group, and in logs from before they were
 *     recorded
 */
public record HostDevice(
    String address,
    String physicalSmmu,
    int group,
    IdRegisters hostIds,
    boolean atsSupported,
    List<String> groupMates) {

  public HostDevice {
    groupMates = List.copyOf(groupMates);
  }

  /** A device that is alone in its iommu group. */
  public HostDevice(
      String address, String physicalSmmu, int group, IdRegisters hostIds, boolean atsSupported) {
    this(address, physicalSmmu, group, hostIds, atsSupported, List.of());
  }

  /** The same device with these others in its iommu group. */
  public HostDevice withGroupMates(List<String> mates) {
    return new HostDevice(address, physicalSmmu, group, hostIds, atsSupported, mates);
  }
}
