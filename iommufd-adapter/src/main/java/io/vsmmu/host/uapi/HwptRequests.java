package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.HwptStructs.HwptAlloc;
import io.vsmmu.host.uapi.HwptStructs.HwptArmSmmuv3;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Requests about page tables (drivers/iommu/iommufd/hw_pagetable.c). */
public final class HwptRequests {

  private final KernelFile file;

  HwptRequests(KernelFile file) {
    this.file = file;
  }

  /**
   * {@code IOMMU_HWPT_ALLOC}: returns the id; {@link io.vsmmu.host.IommuContext} lists the errors.
   */
  public HostResult<Integer> alloc(HwptRequest request) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = HwptAlloc.STRUCT.allocateSized(arena);
      HwptAlloc.FLAGS.set(struct, request.flags());
      HwptAlloc.DEV_ID.set(struct, request.devId());
      HwptAlloc.PT_ID.set(struct, request.ptId());
      switch (request.data()) {
        case HwptRequest.Data.None none ->
            HwptAlloc.DATA_TYPE.set(struct, UapiConstants.IOMMU_HWPT_DATA_NONE);
        case HwptRequest.Data.Stage1 stage1 -> {
          HwptAlloc.DATA_TYPE.set(struct, UapiConstants.IOMMU_HWPT_DATA_ARM_SMMUV3);
          HwptAlloc.DATA_LEN.set(struct, HwptArmSmmuv3.STRUCT.size());
          HwptAlloc.DATA_UPTR.set(struct, ste(arena, stage1).address());
        }
      }
      return file.request(
          Ioctl.IOMMU_HWPT_ALLOC, struct, () -> HwptAlloc.OUT_HWPT_ID.getInt(struct));
    }
  }

  private static MemorySegment ste(Arena arena, HwptRequest.Data.Stage1 stage1) {
    MemorySegment ste = HwptArmSmmuv3.STRUCT.allocate(arena);
    HwptArmSmmuv3.STE.set(ste, 0, stage1.ste0());
    HwptArmSmmuv3.STE.set(ste, 1, stage1.ste1());
    return ste;
  }
}
