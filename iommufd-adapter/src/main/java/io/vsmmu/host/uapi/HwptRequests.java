package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.uapi.HwptStructs.Alloc;
import io.vsmmu.host.uapi.HwptStructs.ArmSmmuv3;
import io.vsmmu.host.uapi.HwptStructs.GetDirtyBitmap;
import io.vsmmu.host.uapi.HwptStructs.SetDirtyTracking;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Requests about page tables (drivers/iommu/iommufd/hw_pagetable.c). */
public final class HwptRequests {

  private final Channel channel;

  HwptRequests(Channel channel) {
    this.channel = channel;
  }

  /** {@code IOMMU_HWPT_ALLOC}: gives the id. */
  public HostResult<Integer> alloc(HwptRequest request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Alloc.STRUCT.allocateSized(arena);
      Alloc.FLAGS.set(struct, request.flags());
      Alloc.DEV_ID.set(struct, request.devId());
      Alloc.PT_ID.set(struct, request.ptId());
      Alloc.FAULT_ID.set(struct, request.faultId());
      switch (request.data()) {
        case HwptRequest.Data.None none ->
            Alloc.DATA_TYPE.set(struct, UapiConstants.IOMMU_HWPT_DATA_NONE);
        case HwptRequest.Data.Stage1 stage1 -> {
          Alloc.DATA_TYPE.set(struct, UapiConstants.IOMMU_HWPT_DATA_ARM_SMMUV3);
          Alloc.DATA_LEN.set(struct, ArmSmmuv3.STRUCT.size());
          Alloc.DATA_UPTR.set(struct, ste(arena, stage1).address());
        }
      }
      return channel.request(
          Ioctl.IOMMU_HWPT_ALLOC, struct, () -> Alloc.OUT_HWPT_ID.getInt(struct));
    }
  }

  private static MemorySegment ste(Arena arena, HwptRequest.Data.Stage1 stage1) {
    MemorySegment ste = ArmSmmuv3.STRUCT.allocate(arena);
    ArmSmmuv3.STE.set(ste, 0, stage1.ste0());
    ArmSmmuv3.STE.set(ste, 1, stage1.ste1());
    return ste;
  }

  /**
   * {@code IOMMU_HWPT_SET_DIRTY_TRACKING}. Errors: ENOENT; EOPNOTSUPP when the page table was not
   * allocated for it.
   */
  public HostResult<Done> setDirtyTracking(int hwptId, boolean enable) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = SetDirtyTracking.STRUCT.allocateSized(arena);
      SetDirtyTracking.HWPT_ID.set(struct, hwptId);
      SetDirtyTracking.FLAGS.set(
          struct, enable ? UapiConstants.IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0);
      return channel.request(Ioctl.IOMMU_HWPT_SET_DIRTY_TRACKING, struct);
    }
  }

  /**
   * {@code IOMMU_HWPT_GET_DIRTY_BITMAP}: sets the bits of pages that devices wrote. Errors: ENOENT;
   * EINVAL while tracking is off or for a range or page size that does not fit; EFAULT for a bitmap
   * that is too short.
   *
   * @param iova of the first bit
   * @param length in bytes
   * @param pageSize bytes that one bit stands for
   * @param clear whether the pages count as clean from here on
   * @param bitmap native, 64-bit words
   */
  public HostResult<Done> dirtyBitmap(
      int hwptId, long iova, long length, long pageSize, boolean clear, MemorySegment bitmap) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = GetDirtyBitmap.STRUCT.allocateSized(arena);
      GetDirtyBitmap.HWPT_ID.set(struct, hwptId);
      GetDirtyBitmap.FLAGS.set(
          struct, clear ? 0 : UapiConstants.IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR);
      GetDirtyBitmap.IOVA.set(struct, iova);
      GetDirtyBitmap.LENGTH.set(struct, length);
      GetDirtyBitmap.PAGE_SIZE.set(struct, pageSize);
      GetDirtyBitmap.DATA.set(struct, bitmap.address());
      return channel.request(Ioctl.IOMMU_HWPT_GET_DIRTY_BITMAP, struct);
    }
  }
}
