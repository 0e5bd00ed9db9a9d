package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of the requests on IOASes, and of IOMMU_DESTROY (linux/iommufd.h). */
final class IoasStructs {

  /** The layout of {@code struct iommu_destroy}. */
  static final class Destroy {
    private static final CStruct.Builder C = CStruct.named("iommu_destroy");
    static final Field SIZE = C.u32("size");
    static final Field ID = C.u32("id");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_ioas_alloc}. */
  static final class IoasAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_ioas_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field OUT_IOAS_ID = C.u32("out_ioas_id");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_iova_range}. */
  static final class IovaRange {
    private static final CStruct.Builder C = CStruct.named("iommu_iova_range");
    static final Field START = C.u64("start");
    static final Field LAST = C.u64("last");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_ioas_iova_ranges. */
  static final class RangesQuery {
    private static final CStruct.Builder C = CStruct.named("iommu_ioas_iova_ranges");
    static final Field SIZE = C.u32("size");
    static final Field IOAS_ID = C.u32("ioas_id");
    static final Field NUM_IOVAS = C.u32("num_iovas");
    static final Field RESERVED = C.u32("__reserved");
    static final Field ALLOWED_IOVAS = C.u64("allowed_iovas");
    static final Field OUT_IOVA_ALIGNMENT = C.u64("out_iova_alignment");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_ioas_map}. */
  static final class Map {
    private static final CStruct.Builder C = CStruct.named("iommu_ioas_map");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field IOAS_ID = C.u32("ioas_id");
    static final Field RESERVED = C.u32("__reserved");
    static final Field USER_VA = C.u64("user_va");
    static final Field LENGTH = C.u64("length");
    static final Field IOVA = C.u64("iova");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_ioas_map_file}. */
  static final class MapFile {
    private static final CStruct.Builder C = CStruct.named("iommu_ioas_map_file");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field IOAS_ID = C.u32("ioas_id");
    static final Field FD = C.u32("fd");
    static final Field START = C.u64("start");
    static final Field LENGTH = C.u64("length");
    static final Field IOVA = C.u64("iova");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_ioas_unmap}. */
  static final class Unmap {
    private static final CStruct.Builder C = CStruct.named("iommu_ioas_unmap");
    static final Field SIZE = C.u32("size");
    static final Field IOAS_ID = C.u32("ioas_id");
    static final Field IOVA = C.u64("iova");
    static final Field LENGTH = C.u64("length");
    static final CStruct STRUCT = C.done();
  }

  private IoasStructs() {}
}
