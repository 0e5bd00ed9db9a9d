package io.vsmmu.host.uapi;

/**
 * The arguments of {@code IOMMU_HWPT_ALLOC}.
 *
 * @param devId a bound device
 * @param ptId the IOAS or vIOMMU that the page table is allocated on
 * @param flags {@code IOMMU_HWPT_ALLOC_*} of {@link UapiConstants}
 * @param data the driver's data
 */
public record HwptRequest(int devId, int ptId, int flags, Data data) {

  /** The driver's data of an allocation. */
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

  /** A nesting parent: the stage 2 of a guest. */
  public static HwptRequest nestingParent(int devId, int ioasId) {
    return new HwptRequest(
        devId, ioasId, UapiConstants.IOMMU_HWPT_ALLOC_NEST_PARENT, new Data.None());
  }

  /** A nested HWPT: a guest's stage 1 on its vIOMMU. */
  public static HwptRequest nested(int devId, int viommuId, int flags, long ste0, long ste1) {
    return new HwptRequest(devId, viommuId, flags, new Data.Stage1(ste0, ste1));
  }
}
