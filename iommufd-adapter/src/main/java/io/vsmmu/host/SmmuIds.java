package io.vsmmu.host;

/**
 * Identification of a physical SMMUv3 as {@code struct iommu_hw_info_arm_smmuv3} carries it
 * (include/uapi/linux/iommufd.h; registers: IHI 0070, 6.3.1 to 6.3.8). The port does not interpret
 * the registers: {@code io.vsmmu.host.apply.HostIds} reads them for the rest of the service.
 *
 * @param idr0 SMMU_IDR0
 * @param idr1 SMMU_IDR1
 * @param idr2 SMMU_IDR2
 * @param idr3 SMMU_IDR3
 * @param idr4 SMMU_IDR4
 * @param idr5 SMMU_IDR5
 * @param iidr SMMU_IIDR
 * @param aidr SMMU_AIDR
 * @param flags {@code iommu_hw_info_arm_smmuv3.flags}, see {@link #ERRATA_REPEAT_TLBI_CFGI}
 */
public record SmmuIds(
    int idr0, int idr1, int idr2, int idr3, int idr4, int idr5, int iidr, int aidr, int flags) {

  /** Number of IDR registers carried, IDR0 to IDR5. */
  public static final int IDR_COUNT = 6;

  /**
   * Flag bit 0: because of an erratum, user space must issue each TLBI and CFGI, with its CMD_SYNC,
   * twice.
   */
  public static final int ERRATA_REPEAT_TLBI_CFGI = 1;

  /**
   * The identification with these register values and no flags.
   *
   * @param idr SMMU_IDR0 to SMMU_IDR5 in order
   */
  public static SmmuIds ofIdr(int[] idr, int iidr, int aidr) {
    if (idr.length != IDR_COUNT) {
      throw new IllegalArgumentException(
          "idr: %d values, allowed is exactly %d".formatted(idr.length, IDR_COUNT));
    }
    return new SmmuIds(idr[0], idr[1], idr[2], idr[3], idr[4], idr[5], iidr, aidr, 0);
  }

  /** SMMU_IDR0 to SMMU_IDR5 in order; a new array. */
  public int[] idr() {
    return new int[] {idr0, idr1, idr2, idr3, idr4, idr5};
  }
}
