package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of the requests on vIOMMUs and vDEVICEs (linux/iommufd.h). */
final class ViommuStructs {

  /** The layout of {@code struct iommu_viommu_alloc}. */
  static final class ViommuAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_viommu_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field TYPE = C.u32("type");
    static final Field DEV_ID = C.u32("dev_id");
    static final Field HWPT_ID = C.u32("hwpt_id");
    static final Field OUT_VIOMMU_ID = C.u32("out_viommu_id");
    static final Field DATA_LEN = C.u32("data_len");
    static final Field RESERVED = C.u32("__reserved");
    static final Field DATA_UPTR = C.u64("data_uptr");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_viommu_tegra241_cmdqv. */
  static final class ViommuTegra241 {
    private static final CStruct.Builder C = CStruct.named("iommu_viommu_tegra241_cmdqv");
    static final Field OUT_VINTF_MMAP_OFFSET = C.u64("out_vintf_mmap_offset");
    static final Field OUT_VINTF_MMAP_LENGTH = C.u64("out_vintf_mmap_length");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_vdevice_alloc}. */
  static final class VdeviceAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_vdevice_alloc");
    static final Field SIZE = C.u32("size");
    static final Field VIOMMU_ID = C.u32("viommu_id");
    static final Field DEV_ID = C.u32("dev_id");
    static final Field OUT_VDEVICE_ID = C.u32("out_vdevice_id");
    static final Field VIRT_ID = C.u64("virt_id");
    static final CStruct STRUCT = C.done();
  }

  private ViommuStructs() {}
}
