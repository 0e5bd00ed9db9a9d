package io.vsmmu.host.uapi;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of IOMMU_GET_HW_INFO (linux/iommufd.h). */
final class HwInfoStructs {

  private static final int RESERVED_BYTES = 3;

  /** The layout of {@code struct iommu_hw_info}. */
  static final class Query {
    private static final CStruct.Builder C = CStruct.named("iommu_hw_info");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field DEV_ID = C.u32("dev_id");
    static final Field DATA_LEN = C.u32("data_len");
    static final Field DATA_UPTR = C.u64("data_uptr");
    static final Field IN_DATA_TYPE = C.u32("in_data_type");
    static final Field OUT_DATA_TYPE = C.again("out_data_type", IN_DATA_TYPE);
    static final Field OUT_MAX_PASID_LOG2 = C.u8("out_max_pasid_log2");
    static final Field RESERVED = C.array("__reserved", Byte.BYTES, RESERVED_BYTES);
    static final Field OUT_CAPABILITIES = C.u64("out_capabilities");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hw_info_arm_smmuv3. */
  static final class HwInfoArmSmmuv3 {
    private static final CStruct.Builder C = CStruct.named("iommu_hw_info_arm_smmuv3");
    static final Field FLAGS = C.u32("flags");
    static final Field RESERVED = C.u32("__reserved");
    static final Field IDR = C.array("idr", Integer.BYTES, SmmuIds.IDR_COUNT);
    static final Field IIDR = C.u32("iidr");
    static final Field AIDR = C.u32("aidr");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hw_info_tegra241_cmdqv. */
  static final class HwInfoTegra241 {
    private static final CStruct.Builder C = CStruct.named("iommu_hw_info_tegra241_cmdqv");
    static final Field FLAGS = C.u32("flags");
    static final Field VERSION = C.u8("version");
    static final Field LOG2VCMDQS = C.u8("log2vcmdqs");
    static final Field LOG2VSIDS = C.u8("log2vsids");
    static final Field RESERVED = C.u8("__reserved");
    static final CStruct STRUCT = C.done();
  }

  private HwInfoStructs() {}
}
