package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of the requests on page tables (linux/iommufd.h). */
final class HwptStructs {

  /** The layout of {@code struct iommu_hwpt_alloc}. */
  static final class HwptAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_hwpt_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field DEV_ID = C.u32("dev_id");
    static final Field PT_ID = C.u32("pt_id");
    static final Field OUT_HWPT_ID = C.u32("out_hwpt_id");
    static final Field RESERVED = C.u32("__reserved");
    static final Field DATA_TYPE = C.u32("data_type");
    static final Field DATA_LEN = C.u32("data_len");
    static final Field DATA_UPTR = C.u64("data_uptr");
    static final Field FAULT_ID = C.u32("fault_id");
    static final Field RESERVED2 = C.u32("__reserved2");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hwpt_arm_smmuv3. */
  static final class HwptArmSmmuv3 {
    private static final CStruct.Builder C = CStruct.named("iommu_hwpt_arm_smmuv3");
    static final Field STE = C.array("ste", Long.BYTES, 2);
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hwpt_invalidate. */
  static final class Invalidate {
    private static final CStruct.Builder C = CStruct.named("iommu_hwpt_invalidate");
    static final Field SIZE = C.u32("size");
    static final Field HWPT_ID = C.u32("hwpt_id");
    static final Field DATA_UPTR = C.u64("data_uptr");
    static final Field DATA_TYPE = C.u32("data_type");
    static final Field ENTRY_LEN = C.u32("entry_len");
    static final Field ENTRY_NUM = C.u32("entry_num");
    static final Field RESERVED = C.u32("__reserved");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_viommu_arm_smmuv3_invalidate. */
  static final class ArmSmmuv3Invalidate {
    private static final CStruct.Builder C = CStruct.named("iommu_viommu_arm_smmuv3_invalidate");
    static final Field CMD = C.array("cmd", Long.BYTES, 2);
    static final CStruct STRUCT = C.done();
  }

  private HwptStructs() {}
}
