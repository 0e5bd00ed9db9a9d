package io.vsmmu.host;

/**
 * Answer of {@code IOMMU_GET_HW_INFO} for one bound device.
 *
 * @param dataType {@code out_data_type}; {@link #TYPE_ARM_SMMUV3}, or a type of IOMMU that this
 *     project does not support
 * @param ids the physical SMMU's identification; all zero when {@code dataType} is another one
 * @param maxPasidLog2 {@code out_max_pasid_log2}, 0..20: width of the device's PASIDs in bits, 0
 *     for none
 * @param capabilities {@code out_capabilities}, see the constants; a host's description adds {@link
 *     #CAP_PCI_ATS_NOT_SUPPORTED} where the kernel does not know the bit and the device has no ATS
 *     capability
 */
public record HwInfo(int dataType, SmmuIds ids, int maxPasidLog2, long capabilities) {

  /** {@code IOMMU_HW_INFO_TYPE_NONE}. */
  public static final int TYPE_NONE = 0;

  /** {@code IOMMU_HW_INFO_TYPE_ARM_SMMUV3}. */
  public static final int TYPE_ARM_SMMUV3 = 2;

  /** {@code IOMMU_HW_CAP_DIRTY_TRACKING}. */
  public static final long CAP_DIRTY_TRACKING = 1L;

  /** {@code IOMMU_HW_CAP_PCI_PASID_EXEC}. */
  public static final long CAP_PCI_PASID_EXEC = 1L << 1;

  /** {@code IOMMU_HW_CAP_PCI_PASID_PRIV}. */
  public static final long CAP_PCI_PASID_PRIV = 1L << 2;

  /** {@code IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED}; kernels that do not know the bit never set it. */
  public static final long CAP_PCI_ATS_NOT_SUPPORTED = 1L << 3;

  /**
   * For kernels that do not report {@link #CAP_PCI_ATS_NOT_SUPPORTED}: a copy with the bit set when
   * the device's configuration space has no ATS capability.
   */
  public HwInfo withAtsOf(ConfigSpace space) {
    return space.hasExtended(ConfigSpace.ATS)
        ? this
        : new HwInfo(dataType, ids, maxPasidLog2, capabilities | CAP_PCI_ATS_NOT_SUPPORTED);
  }

  /**
   * Whether the kernel says that the device cannot use ATS; false may also mean that the kernel
   * does not know.
   */
  public boolean atsNotSupported() {
    return (capabilities & CAP_PCI_ATS_NOT_SUPPORTED) != 0;
  }
}
