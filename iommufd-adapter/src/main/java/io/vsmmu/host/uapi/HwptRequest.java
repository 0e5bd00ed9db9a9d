package io.vsmmu.host.uapi;

/**
 * A page table to allocate.
 *
 * @param devId bound device
 * @param ptId the IOAS, nesting parent or vIOMMU below it
 * @param flags {@code IOMMU_HWPT_ALLOC_*} of {@link UapiConstants}
 * @param data what the driver needs
 * @param faultId fault queue for its page requests; counts with {@code IOMMU_HWPT_FAULT_ID_VALID}
 */
public record HwptRequest(int devId, int ptId, int flags, Data data, int faultId) {

  /** What the driver needs. */
  public sealed interface Data {

    /** {@code IOMMU_HWPT_DATA_NONE}: the kernel's own page table. */
    record None() implements Data {}

    /**
     * {@code IOMMU_HWPT_DATA_ARM_SMMUV3}: a guest's stage 1.
     *
     * @param ste0 bits 63:0 of the guest's STE
     * @param ste1 bits 127:64
     */
    record Stage1(long ste0, long ste1) implements Data {}
  }

  /** The stage 2 of a guest. */
  public static HwptRequest nestingParent(int devId, int ioasId) {
    return new HwptRequest(
        devId, ioasId, UapiConstants.IOMMU_HWPT_ALLOC_NEST_PARENT, new Data.None(), 0);
  }

  /** A guest's stage 1 on its vIOMMU. */
  public static HwptRequest nested(int devId, int viommuId, int flags, long ste0, long ste1) {
    return new HwptRequest(devId, viommuId, flags, new Data.Stage1(ste0, ste1), 0);
  }

  /** The same, with its page requests in this fault queue. */
  public HwptRequest withFaults(int faultQueueId) {
    return new HwptRequest(
        devId, ptId, flags | UapiConstants.IOMMU_HWPT_FAULT_ID_VALID, data, faultQueueId);
  }
}
