package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of event queues and hardware queues (linux/iommufd.h). */
final class QueueStructs {

  private static final int EVENT_WORDS = 4;

  /** The layout of {@code struct iommu_veventq_alloc}. */
  static final class VeventqAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_veventq_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field VIOMMU_ID = C.u32("viommu_id");
    static final Field TYPE = C.u32("type");
    static final Field VEVENTQ_DEPTH = C.u32("veventq_depth");
    static final Field OUT_VEVENTQ_ID = C.u32("out_veventq_id");
    static final Field OUT_VEVENTQ_FD = C.u32("out_veventq_fd");
    static final Field RESERVED = C.u32("__reserved");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommufd_vevent_header. */
  static final class VeventHeader {
    private static final CStruct.Builder C = CStruct.named("iommufd_vevent_header");
    static final Field FLAGS = C.u32("flags");
    static final Field SEQUENCE = C.u32("sequence");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_vevent_arm_smmuv3. */
  static final class VeventArmSmmuv3 {
    private static final CStruct.Builder C = CStruct.named("iommu_vevent_arm_smmuv3");
    static final Field EVT = C.array("evt", Long.BYTES, EVENT_WORDS);
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct iommu_hw_queue_alloc}. */
  static final class HwQueueAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_hw_queue_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field VIOMMU_ID = C.u32("viommu_id");
    static final Field TYPE = C.u32("type");
    static final Field INDEX = C.u32("index");
    static final Field OUT_HW_QUEUE_ID = C.u32("out_hw_queue_id");
    static final Field NESTING_PARENT_IOVA = C.u64("nesting_parent_iova");
    static final Field LENGTH = C.u64("length");
    static final CStruct STRUCT = C.done();
  }

  private QueueStructs() {}
}
