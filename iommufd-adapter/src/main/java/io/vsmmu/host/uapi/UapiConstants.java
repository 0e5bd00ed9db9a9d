package io.vsmmu.host.uapi;

/** Constants of linux/iommufd.h and linux/vfio.h, by their names there. */
public final class UapiConstants {

  public static final int IOMMU_HWPT_ALLOC_NEST_PARENT = 1;
  public static final int IOMMU_HWPT_DATA_NONE = 0;
  public static final int IOMMU_HWPT_DATA_ARM_SMMUV3 = 2;
  public static final int IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3 = 1;

  public static final int IOMMU_HW_INFO_FLAG_INPUT_TYPE = 1;
  public static final int IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV = 3;

  public static final int IOMMU_VIOMMU_TYPE_ARM_SMMUV3 = 1;
  public static final int IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV = 2;
  public static final int IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV = 1;

  public static final int VFIO_DEVICE_FLAGS_PCI = 1 << 1;
  public static final int VFIO_PCI_HOT_RESET_FLAG_DEV_ID = 1;
  public static final int VFIO_PCI_BAR0_REGION_INDEX = 0;
  public static final int VFIO_PCI_CONFIG_REGION_INDEX = 7;

  private UapiConstants() {}
}
