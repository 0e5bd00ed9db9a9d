package io.vsmmu.recordings.qemu;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The QEMU trace events that the import reads; a constant's name in lower case is QEMU's name of
 * the event. They are declared in QEMU's hw/arm/trace-events, backends/trace-events and
 * hw/vfio/trace-events; an event of an older QEMU says so.
 */
enum TraceEvent {
  SMMUV3_READ_MMIO,
  SMMUV3_WRITE_MMIO,
  SMMUV3_CMDQ_CONSUME,
  SMMUV3_CMDQ_CONSUME_OUT,
  SMMUV3_CMDQ_CONSUME_ERROR,
  SMMUV3_CMDQ_OPCODE,
  SMMUV3_CMDQ_CFGI_STE,
  SMMUV3_CMDQ_CFGI_STE_RANGE,
  SMMUV3_CMDQ_CFGI_CD,
  SMMUV3_RANGE_INVAL,
  /** The name of {@link #SMMUV3_RANGE_INVAL} before QEMU emulated stage 2. */
  SMMUV3_S1_RANGE_INVAL,
  /** Printed by QEMU 5.1 and older, like {@link #SMMUV3_CMDQ_TLBI_NH_VAA}. */
  SMMUV3_CMDQ_TLBI_NH_VA,
  SMMUV3_CMDQ_TLBI_NH_VAA,
  SMMUV3_CMDQ_TLBI_NH,
  SMMUV3_CMDQ_TLBI_NSNH,
  SMMUV3_CMDQ_TLBI_NH_ASID,
  SMMUV3_CMDQ_TLBI_S12_VMID,
  SMMUV3_FIND_STE,
  SMMUV3_FIND_STE_2LVL,
  SMMUV3_GET_STE,
  SMMUV3_GET_CD,
  SMMUV3_DECODE_CD,
  SMMUV3_DECODE_CD_TT,
  SMMUV3_CONFIG_CACHE_HIT,
  SMMUV3_CONFIG_CACHE_MISS,
  SMMUV3_CONFIG_CACHE_INV,
  SMMU_CONFIG_CACHE_INV,
  SMMU_CONFIGS_INV_SID_RANGE,
  SMMU_IOTLB_INV_ALL,
  SMMU_IOTLB_INV_ASID_VMID,
  SMMU_IOTLB_INV_VMID,
  SMMU_IOTLB_INV_VMID_S1,
  SMMU_IOTLB_INV_IOVA,
  SMMU_IOTLB_LOOKUP_HIT,
  SMMU_IOTLB_LOOKUP_MISS,
  SMMU_IOTLB_INSERT,
  SMMU_PTW_LEVEL,
  SMMU_PTW_PAGE_PTE,
  SMMU_PTW_BLOCK_PTE,
  SMMU_GET_PTE,
  SMMU_INV_NOTIFIERS_MR,
  SMMUV3_INV_NOTIFIERS_IOVA,
  SMMUV3_NOTIFY_FLAG_ADD,
  SMMUV3_NOTIFY_FLAG_DEL,
  SMMU_ADD_MR,
  SMMUV3_TRANSLATE_SUCCESS,
  SMMUV3_ACCEL_SET_IOMMU_DEVICE,
  SMMUV3_ACCEL_UNSET_IOMMU_DEVICE,
  SMMUV3_ACCEL_TRANSLATE_STE,
  SMMUV3_ACCEL_INSTALL_STE,
  SMMUV3_UNHANDLED_CMD,
  SMMU_RESET_EXIT,
  IOMMUFD_BACKEND_CONNECT,
  IOMMUFD_BACKEND_ALLOC_IOAS,
  IOMMUFD_CDEV_ALLOC_IOAS,
  IOMMUFD_CDEV_CONNECT_AND_BIND,
  IOMMUFD_BACKEND_ALLOC_VIOMMU,
  IOMMUFD_BACKEND_ALLOC_VDEV,
  IOMMUFD_BACKEND_ALLOC_HWPT,
  IOMMUFD_VIOMMU_ALLOC_EVENTQ,
  IOMMUFD_BACKEND_INVALIDATE_CACHE,
  IOMMUFD_BACKEND_FREE_ID,
  IOMMUFD_CDEV_ATTACH_IOAS_HWPT,
  IOMMUFD_CDEV_PASID_ATTACH_IOAS_HWPT,
  IOMMUFD_CDEV_DETACH_IOAS_HWPT,
  IOMMUFD_CDEV_PASID_DETACH_IOAS_HWPT,
  IOMMUFD_CDEV_GETFD,
  IOMMUFD_CDEV_DEVICE_INFO;

  private static final NameTable<TraceEvent> BY_NAME =
      new NameTable<>(
          Arrays.stream(values())
              .collect(Collectors.toMap(TraceEvent::eventName, Function.identity())));

  private final String name = name().toLowerCase(Locale.ROOT);

  /** Whether QEMU prints the event while it creates a machine or plugs a device. */
  boolean makesMachine() {
    return switch (this) {
      case SMMU_ADD_MR,
          SMMUV3_ACCEL_SET_IOMMU_DEVICE,
          IOMMUFD_BACKEND_CONNECT,
          IOMMUFD_BACKEND_ALLOC_IOAS,
          IOMMUFD_CDEV_ALLOC_IOAS,
          IOMMUFD_CDEV_GETFD,
          IOMMUFD_CDEV_CONNECT_AND_BIND ->
          true;
      default -> false;
    };
  }

  /**
   * Whether QEMU prints the event in the middle of a translation, so that the translation's further
   * lines follow.
   */
  boolean duringTranslation() {
    return switch (this) {
      case SMMUV3_CONFIG_CACHE_HIT,
          SMMUV3_CONFIG_CACHE_MISS,
          SMMUV3_FIND_STE,
          SMMUV3_FIND_STE_2LVL,
          SMMUV3_GET_STE,
          SMMUV3_GET_CD,
          SMMUV3_DECODE_CD,
          SMMUV3_DECODE_CD_TT,
          SMMU_IOTLB_LOOKUP_HIT,
          SMMU_IOTLB_LOOKUP_MISS,
          SMMU_IOTLB_INSERT,
          SMMU_PTW_LEVEL,
          SMMU_PTW_PAGE_PTE,
          SMMU_PTW_BLOCK_PTE,
          SMMU_GET_PTE ->
          true;
      default -> false;
    };
  }

  String eventName() {
    return name;
  }

  /** The event whose name is in {@code bytes[from, to)}; null if the import does not read it. */
  static @Nullable TraceEvent of(byte[] bytes, int from, int to) {
    return BY_NAME.find(bytes, from, to);
  }
}
