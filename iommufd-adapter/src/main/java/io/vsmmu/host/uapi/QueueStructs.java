package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of event, fault and hardware queues (linux/iommufd.h). */
final class QueueStructs {

  private static final int EVENT_WORDS = 4;

  /** struct iommu_veventq_alloc. */
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

  /** struct iommu_fault_alloc. */
  static final class FaultAlloc {
    private static final CStruct.Builder C = CStruct.named("iommu_fault_alloc");
    static final Field SIZE = C.u32("size");
    static final Field FLAGS = C.u32("flags");
    static final Field OUT_FAULT_ID = C.u32("out_fault_id");
    static final Field OUT_FAULT_FD = C.u32("out_fault_fd");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hwpt_pgfault. */
  static final class PageFaultMessage {
    private static final CStruct.Builder C = CStruct.named("iommu_hwpt_pgfault");
    static final Field FLAGS = C.u32("flags");
    static final Field DEV_ID = C.u32("dev_id");
    static final Field PASID = C.u32("pasid");
    static final Field GRPID = C.u32("grpid");
    static final Field PERM = C.u32("perm");
    static final Field RESERVED = C.u32("__reserved");
    static final Field ADDR = C.u64("addr");
    static final Field LENGTH = C.u32("length");
    static final Field COOKIE = C.u32("cookie");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hwpt_page_response. */
  static final class PageResponse {
    private static final CStruct.Builder C = CStruct.named("iommu_hwpt_page_response");
    static final Field COOKIE = C.u32("cookie");
    static final Field CODE = C.u32("code");
    static final CStruct STRUCT = C.done();
  }

  /** struct iommu_hw_queue_alloc. */
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
