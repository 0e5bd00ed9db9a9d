package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.QueueStructs.HwQueueAlloc;
import io.vsmmu.host.uapi.QueueStructs.VeventqAlloc;
import io.vsmmu.host.uapi.ViommuStructs.VdeviceAlloc;
import io.vsmmu.host.uapi.ViommuStructs.ViommuAlloc;
import io.vsmmu.host.uapi.ViommuStructs.ViommuTegra241;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests on vIOMMUs, their devices and queues (drivers/iommu/iommufd/viommu.c, eventq.c). The
 * caller closes the descriptors of queues.
 */
public final class ViommuRequests {

  private final KernelFile file;

  ViommuRequests(KernelFile file) {
    this.file = file;
  }

  /**
   * A vIOMMU with NVIDIA's command queues.
   *
   * @param id of the vIOMMU
   * @param mmapOffset offset in the iommufd at which mmap(2) finds the guest's registers
   * @param mmapLength in bytes
   */
  public record Tegra241Viommu(int id, long mmapOffset, long mmapLength) {}

  /** {@code IOMMU_VIOMMU_ALLOC} of a type that needs no data: returns the id. */
  public HostResult<Integer> alloc(int type, int devId, int hwptId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = viommu(arena, type, devId, hwptId);
      return file.request(
          Ioctl.IOMMU_VIOMMU_ALLOC, struct, () -> ViommuAlloc.OUT_VIOMMU_ID.getInt(struct));
    }
  }

  /** {@code IOMMU_VIOMMU_ALLOC} of type TEGRA241_CMDQV. */
  public HostResult<Tegra241Viommu> allocTegra241(int devId, int hwptId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = ViommuTegra241.STRUCT.allocate(arena);
      MemorySegment struct =
          viommu(arena, UapiConstants.IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV, devId, hwptId);
      ViommuAlloc.DATA_LEN.set(struct, data.byteSize());
      ViommuAlloc.DATA_UPTR.set(struct, data.address());
      return file.request(
          Ioctl.IOMMU_VIOMMU_ALLOC,
          struct,
          () ->
              new Tegra241Viommu(
                  ViommuAlloc.OUT_VIOMMU_ID.getInt(struct),
                  ViommuTegra241.OUT_VINTF_MMAP_OFFSET.get(data),
                  ViommuTegra241.OUT_VINTF_MMAP_LENGTH.get(data)));
    }
  }

  private static MemorySegment viommu(Arena arena, int type, int devId, int hwptId) {
    MemorySegment struct = ViommuAlloc.STRUCT.allocateSized(arena);
    ViommuAlloc.TYPE.set(struct, type);
    ViommuAlloc.DEV_ID.set(struct, devId);
    ViommuAlloc.HWPT_ID.set(struct, hwptId);
    return struct;
  }

  /**
   * {@code IOMMU_VDEVICE_ALLOC}: returns the id.
   *
   * @param virtId the vSID, unsigned
   */
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = VdeviceAlloc.STRUCT.allocateSized(arena);
      VdeviceAlloc.VIOMMU_ID.set(struct, viommuId);
      VdeviceAlloc.DEV_ID.set(struct, devId);
      VdeviceAlloc.VIRT_ID.set(struct, virtId);
      return file.request(
          Ioctl.IOMMU_VDEVICE_ALLOC, struct, () -> VdeviceAlloc.OUT_VDEVICE_ID.getInt(struct));
    }
  }

  /**
   * {@code IOMMU_VEVENTQ_ALLOC}.
   *
   * @param type {@code IOMMU_VEVENTQ_TYPE_*}; {@link VeventQueueFd} can read events of type
   *     ARM_SMMUV3
   * @param depth most events kept unread, unsigned
   */
  public HostResult<VeventQueueFd> allocVeventq(int viommuId, int type, int depth) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = VeventqAlloc.STRUCT.allocateSized(arena);
      VeventqAlloc.VIOMMU_ID.set(struct, viommuId);
      VeventqAlloc.TYPE.set(struct, type);
      VeventqAlloc.VEVENTQ_DEPTH.set(struct, depth);
      return file.request(
          Ioctl.IOMMU_VEVENTQ_ALLOC,
          struct,
          () ->
              VeventQueueFd.over(
                  file.calls(),
                  VeventqAlloc.OUT_VEVENTQ_ID.getInt(struct),
                  Fd.owning(VeventqAlloc.OUT_VEVENTQ_FD.getInt(struct))));
    }
  }

  /**
   * {@code IOMMU_HW_QUEUE_ALLOC}: a queue of the guest that the hardware reads directly; returns
   * the id. {@link io.vsmmu.host.IommuContext#allocHwQueue} lists the errors.
   *
   * @param type {@code IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV}
   * @param index from 0; a queue needs the one of the index before it
   * @param iova guest-physical address, a multiple of {@code length}
   * @param length in bytes, a power of two
   */
  public HostResult<Integer> allocHwQueue(
      int viommuId, int type, int index, long iova, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = HwQueueAlloc.STRUCT.allocateSized(arena);
      HwQueueAlloc.VIOMMU_ID.set(struct, viommuId);
      HwQueueAlloc.TYPE.set(struct, type);
      HwQueueAlloc.INDEX.set(struct, index);
      HwQueueAlloc.NESTING_PARENT_IOVA.set(struct, iova);
      HwQueueAlloc.LENGTH.set(struct, length);
      return file.request(
          Ioctl.IOMMU_HW_QUEUE_ALLOC, struct, () -> HwQueueAlloc.OUT_HW_QUEUE_ID.getInt(struct));
    }
  }
}
