package io.vsmmu.host.uapi;

/**
 * A page request of a device: {@code struct iommu_hwpt_pgfault}.
 *
 * @param flags {@code IOMMU_PGFAULT_FLAGS_*} of {@link UapiConstants}
 * @param devId the device's id
 * @param pasid counts with {@code PASID_VALID}
 * @param group page request group index
 * @param permissions {@code IOMMU_PGFAULT_PERM_*}
 * @param address faulting address
 * @param length hint of how much will be fetched, in bytes; 0 for none
 * @param cookie what the answer to the group's last fault carries
 */
public record PageFault(
    int flags,
    int devId,
    int pasid,
    int group,
    int permissions,
    long address,
    int length,
    int cookie) {

  /** Whether it is the last of its group, which is to be answered. */
  public boolean last() {
    return (flags & UapiConstants.IOMMU_PGFAULT_FLAGS_LAST_PAGE) != 0;
  }
}
