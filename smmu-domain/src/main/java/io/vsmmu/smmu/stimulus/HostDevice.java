package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.IdRegisters;

/**
 * A host device as the host described it when it was attached.
 *
 * @param address PCI address, for example {@code 0000:01:00.0}
 * @param physicalSmmu name of the SMMU in front of it
 * @param group iommu group number
 * @param hostIds ID registers of that SMMU (IOMMU_GET_HW_INFO)
 * @param atsSupported false when the host says IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED
 */
public record HostDevice(
    String address, String physicalSmmu, int group, IdRegisters hostIds, boolean atsSupported) {}
