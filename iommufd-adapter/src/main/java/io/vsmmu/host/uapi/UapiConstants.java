package io.vsmmu.host.uapi;

/** Constants of linux/iommufd.h and linux/vfio.h, by their names there. */
public final class UapiConstants {

  public static final int IOMMU_OPTION_RLIMIT_MODE = 0;
  public static final int IOMMU_OPTION_HUGE_PAGES = 1;
  public static final int IOMMU_OPTION_OP_SET = 0;
  public static final int IOMMU_OPTION_OP_GET = 1;
  public static final int IOMMU_VFIO_IOAS_GET = 0;
  public static final int IOMMU_VFIO_IOAS_SET = 1;
  public static final int IOMMU_VFIO_IOAS_CLEAR = 2;

  public static final int IOMMU_HWPT_ALLOC_NEST_PARENT = 1;
  public static final int IOMMU_HWPT_ALLOC_DIRTY_TRACKING = 1 << 1;
  public static final int IOMMU_HWPT_FAULT_ID_VALID = 1 << 2;
  public static final int IOMMU_HWPT_ALLOC_PASID = 1 << 3;
  public static final int IOMMU_HWPT_DATA_NONE = 0;
  public static final int IOMMU_HWPT_DATA_ARM_SMMUV3 = 2;
  public static final int IOMMU_HWPT_DIRTY_TRACKING_ENABLE = 1;
  public static final int IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR = 1;
  public static final int IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3 = 1;

  public static final int IOMMU_HW_INFO_FLAG_INPUT_TYPE = 1;
  public static final int IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV = 3;

  public static final int IOMMU_VIOMMU_TYPE_DEFAULT = 0;
  public static final int IOMMU_VIOMMU_TYPE_ARM_SMMUV3 = 1;
  public static final int IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV = 2;
  public static final int IOMMU_VEVENTQ_TYPE_TEGRA241_CMDQV = 2;
  public static final int IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV = 1;

  public static final int IOMMU_PGFAULT_FLAGS_PASID_VALID = 1;
  public static final int IOMMU_PGFAULT_FLAGS_LAST_PAGE = 1 << 1;
  public static final int IOMMU_PGFAULT_PERM_READ = 1;
  public static final int IOMMU_PGFAULT_PERM_WRITE = 1 << 1;
  public static final int IOMMU_PGFAULT_PERM_EXEC = 1 << 2;
  public static final int IOMMU_PGFAULT_PERM_PRIV = 1 << 3;
  public static final int IOMMUFD_PAGE_RESP_SUCCESS = 0;
  public static final int IOMMUFD_PAGE_RESP_INVALID = 1;

  public static final int VFIO_DEVICE_ATTACH_PASID = 1;
  public static final int VFIO_DEVICE_DETACH_PASID = 1;
  public static final int VFIO_DEVICE_FLAGS_RESET = 1;
  public static final int VFIO_DEVICE_FLAGS_PCI = 1 << 1;
  public static final int VFIO_REGION_INFO_FLAG_READ = 1;
  public static final int VFIO_REGION_INFO_FLAG_WRITE = 1 << 1;
  public static final int VFIO_REGION_INFO_FLAG_MMAP = 1 << 2;
  public static final int VFIO_PCI_HOT_RESET_FLAG_DEV_ID = 1;
  public static final int VFIO_PCI_BAR0_REGION_INDEX = 0;
  public static final int VFIO_PCI_CONFIG_REGION_INDEX = 7;

  private UapiConstants() {}
}
