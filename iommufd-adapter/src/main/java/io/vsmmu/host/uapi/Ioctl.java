package io.vsmmu.host.uapi;

import java.util.Arrays;

/**
 * The requests of /dev/iommu and of vfio's device files: {@code _IO(';', number)}, with the
 * structure that goes with each.
 */
public enum Ioctl {
  IOMMU_DESTROY(0x80, IoasStructs.Destroy.STRUCT),
  IOMMU_IOAS_ALLOC(0x81, IoasStructs.IoasAlloc.STRUCT),
  IOMMU_IOAS_IOVA_RANGES(0x84, IoasStructs.RangesQuery.STRUCT),
  IOMMU_IOAS_MAP(0x85, IoasStructs.Map.STRUCT),
  IOMMU_IOAS_UNMAP(0x86, IoasStructs.Unmap.STRUCT),
  IOMMU_HWPT_ALLOC(0x89, HwptStructs.HwptAlloc.STRUCT),
  IOMMU_GET_HW_INFO(0x8A, HwInfoStructs.Query.STRUCT),
  IOMMU_HWPT_INVALIDATE(0x8D, HwptStructs.Invalidate.STRUCT),
  IOMMU_IOAS_MAP_FILE(0x8F, IoasStructs.MapFile.STRUCT),
  IOMMU_VIOMMU_ALLOC(0x90, ViommuStructs.ViommuAlloc.STRUCT),
  IOMMU_VDEVICE_ALLOC(0x91, ViommuStructs.VdeviceAlloc.STRUCT),
  IOMMU_VEVENTQ_ALLOC(0x93, QueueStructs.VeventqAlloc.STRUCT),
  IOMMU_HW_QUEUE_ALLOC(0x94, QueueStructs.HwQueueAlloc.STRUCT),
  VFIO_DEVICE_GET_INFO(107, VfioStructs.DeviceInfo.STRUCT),
  VFIO_DEVICE_GET_REGION_INFO(108, VfioStructs.RegionInfo.STRUCT),
  VFIO_DEVICE_GET_PCI_HOT_RESET_INFO(112, VfioStructs.HotResetInfo.STRUCT),
  VFIO_DEVICE_BIND_IOMMUFD(118, VfioStructs.Bind.STRUCT),
  VFIO_DEVICE_ATTACH_IOMMUFD_PT(119, VfioStructs.Attach.STRUCT),
  VFIO_DEVICE_DETACH_IOMMUFD_PT(120, VfioStructs.Detach.STRUCT);

  /** {@code IOMMUFD_TYPE} and {@code VFIO_TYPE}. */
  private static final int TYPE = ';';

  private static final int TYPE_SHIFT = 8;

  private final int request;
  private final CStruct struct;

  Ioctl(int number, CStruct struct) {
    this.request = TYPE << TYPE_SHIFT | number;
    this.struct = struct;
  }

  /**
   * The request with this number, as a stand-in for the kernel finds it.
   *
   * @throws IllegalArgumentException if it is none of these requests
   */
  public static Ioctl ofRequest(int request) {
    return Arrays.stream(values())
        .filter(ioctl -> ioctl.request == request)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("request " + request));
  }

  /** The request number that ioctl(2) takes. */
  public int request() {
    return request;
  }

  /** The structure that its argument points to. */
  public CStruct struct() {
    return struct;
  }
}
