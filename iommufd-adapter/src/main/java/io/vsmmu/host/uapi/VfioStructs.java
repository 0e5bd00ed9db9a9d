package io.vsmmu.host.uapi;

import io.vsmmu.host.uapi.CStruct.Field;

/** Structures of the requests on vfio's device files (linux/vfio.h). */
final class VfioStructs {

  /** The layout of {@code struct vfio_device_info}. */
  static final class DeviceInfo {
    private static final CStruct.Builder C = CStruct.named("vfio_device_info");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field NUM_REGIONS = C.u32("num_regions");
    static final Field NUM_IRQS = C.u32("num_irqs");
    static final Field CAP_OFFSET = C.u32("cap_offset");
    static final Field PAD = C.u32("pad");
    static final CStruct STRUCT = C.done();
  }

  /** The layout of {@code struct vfio_region_info}. */
  static final class RegionInfo {
    private static final CStruct.Builder C = CStruct.named("vfio_region_info");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field INDEX = C.u32("index");
    static final Field CAP_OFFSET = C.u32("cap_offset");
    static final Field SIZE = C.u64("size");
    static final Field OFFSET = C.u64("offset");
    static final CStruct STRUCT = C.done();
  }

  /** struct vfio_device_bind_iommufd. */
  static final class Bind {
    private static final CStruct.Builder C = CStruct.named("vfio_device_bind_iommufd");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field IOMMUFD = C.u32("iommufd");
    static final Field OUT_DEVID = C.u32("out_devid");
    static final Field TOKEN_UUID_PTR = C.u64("token_uuid_ptr");
    static final CStruct STRUCT = C.done();
  }

  /** struct vfio_device_attach_iommufd_pt. */
  static final class Attach {
    private static final CStruct.Builder C = CStruct.named("vfio_device_attach_iommufd_pt");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field PT_ID = C.u32("pt_id");
    static final Field PASID = C.u32("pasid");
    static final CStruct STRUCT = C.done();
  }

  /** struct vfio_device_detach_iommufd_pt. */
  static final class Detach {
    private static final CStruct.Builder C = CStruct.named("vfio_device_detach_iommufd_pt");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field PASID = C.u32("pasid");
    static final CStruct STRUCT = C.done();
  }

  /** struct vfio_pci_hot_reset_info without its array. */
  static final class HotResetInfo {
    private static final CStruct.Builder C = CStruct.named("vfio_pci_hot_reset_info");
    static final Field ARGSZ = C.u32("argsz");
    static final Field FLAGS = C.u32("flags");
    static final Field COUNT = C.u32("count");
    static final CStruct STRUCT = C.done();
  }

  /** struct vfio_pci_dependent_device: an element of that array. */
  static final class DependentDevice {
    private static final CStruct.Builder C = CStruct.named("vfio_pci_dependent_device");
    static final Field GROUP_ID = C.u32("group_id");
    static final Field DEVID = C.again("devid", GROUP_ID);
    static final Field SEGMENT = C.u16("segment");
    static final Field BUS = C.u8("bus");
    static final Field DEVFN = C.u8("devfn");
    static final CStruct STRUCT = C.done();
  }

  private VfioStructs() {}
}
