package io.vsmmu.host.uapi;

import java.util.Optional;

/**
 * The requests of /dev/iommu and of vfio's device files: {@code _IO(';', number)}, with the
 * structure that goes with each.
 */
public enum Ioctl {
  IOMMU_DESTROY(0x80, IoasStructs.Destroy.STRUCT),
  IOMMU_IOAS_ALLOC(0x81, IoasStructs.Alloc.STRUCT),
  IOMMU_IOAS_ALLOW_IOVAS(0x82, IoasStructs.AllowIovas.STRUCT),
  IOMMU_IOAS_COPY(0x83, IoasStructs.Copy.STRUCT),
  IOMMU_IOAS_IOVA_RANGES(0x84, IoasStructs.RangesQuery.STRUCT),
  IOMMU_IOAS_MAP(0x85, IoasStructs.Map.STRUCT),
  IOMMU_IOAS_UNMAP(0x86, IoasStructs.Unmap.STRUCT),
  IOMMU_OPTION(0x87, IoasStructs.Option.STRUCT),
  IOMMU_VFIO_IOAS(0x88, IoasStructs.VfioIoas.STRUCT),
  IOMMU_HWPT_ALLOC(0x89, HwptStructs.Alloc.STRUCT),
  IOMMU_GET_HW_INFO(0x8A, HwInfoStructs.Query.STRUCT),
  IOMMU_HWPT_SET_DIRTY_TRACKING(0x8B, HwptStructs.SetDirtyTracking.STRUCT),
  IOMMU_HWPT_GET_DIRTY_BITMAP(0x8C, HwptStructs.GetDirtyBitmap.STRUCT),
  IOMMU_HWPT_INVALIDATE(0x8D, HwptStructs.Invalidate.STRUCT),
  IOMMU_FAULT_QUEUE_ALLOC(0x8E, QueueStructs.FaultAlloc.STRUCT),
  IOMMU_IOAS_MAP_FILE(0x8F, IoasStructs.MapFile.STRUCT),
  IOMMU_VIOMMU_ALLOC(0x90, ViommuStructs.Alloc.STRUCT),
  IOMMU_VDEVICE_ALLOC(0x91, ViommuStructs.VdeviceAlloc.STRUCT),
  IOMMU_IOAS_CHANGE_PROCESS(0x92, IoasStructs.ChangeProcess.STRUCT),
  IOMMU_VEVENTQ_ALLOC(0x93, QueueStructs.VeventqAlloc.STRUCT),
  IOMMU_HW_QUEUE_ALLOC(0x94, QueueStructs.HwQueueAlloc.STRUCT),
  VFIO_DEVICE_GET_INFO(107, VfioStructs.DeviceInfo.STRUCT),
  VFIO_DEVICE_GET_REGION_INFO(108, VfioStructs.RegionInfo.STRUCT),
  VFIO_DEVICE_RESET(111),
  VFIO_DEVICE_GET_PCI_HOT_RESET_INFO(112, VfioStructs.HotResetInfo.STRUCT),
  VFIO_DEVICE_BIND_IOMMUFD(118, VfioStructs.Bind.STRUCT),
  VFIO_DEVICE_ATTACH_IOMMUFD_PT(119, VfioStructs.Attach.STRUCT),
  VFIO_DEVICE_DETACH_IOMMUFD_PT(120, VfioStructs.Detach.STRUCT);

  /** {@code IOMMUFD_TYPE} and {@code VFIO_TYPE}. */
  private static final int TYPE = ';';

  private static final int TYPE_SHIFT = 8;

  private final int request;
  private final Optional<CStruct> struct;

  Ioctl(int number, CStruct struct) {
    this.request = TYPE << TYPE_SHIFT | number;
    this.struct = Optional.of(struct);
  }

  Ioctl(int number) {
    this.request = TYPE << TYPE_SHIFT | number;
    this.struct = Optional.empty();
  }

  /** What ioctl(2) takes. */
  public int request() {
    return request;
  }

  /** What its argument points to; empty when it takes none. */
  public Optional<CStruct> struct() {
    return struct;
  }
}
