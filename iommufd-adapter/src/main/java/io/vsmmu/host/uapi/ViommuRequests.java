package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.QueueStructs.FaultAlloc;
import io.vsmmu.host.uapi.QueueStructs.HwQueueAlloc;
import io.vsmmu.host.uapi.QueueStructs.VeventqAlloc;
import io.vsmmu.host.uapi.ViommuStructs.Alloc;
import io.vsmmu.host.uapi.ViommuStructs.Tegra241;
import io.vsmmu.host.uapi.ViommuStructs.VdeviceAlloc;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Requests about virtual IOMMUs, their devices and queues (drivers/iommu/iommufd/viommu.c,
 * eventq.c). The descriptors that come with queues are the caller's to close.
 */
public final class ViommuRequests {

  private final Channel channel;

  ViommuRequests(Channel channel) {
    this.channel = channel;
  }

  /**
   * A vIOMMU with NVIDIA's command queues.
   *
   * @param id of the vIOMMU
   * @param mmapOffset where mmap(2) of the iommufd finds the guest's registers
   * @param mmapLength in bytes
   */
  public record Tegra241Viommu(int id, long mmapOffset, long mmapLength) {}

  /** {@code IOMMU_VIOMMU_ALLOC} of type ARM_SMMUV3: gives the id. */
  public HostResult<Integer> alloc(int devId, int hwptId) {
    return alloc(UapiConstants.IOMMU_VIOMMU_TYPE_ARM_SMMUV3, devId, hwptId);
  }

  /** {@code IOMMU_VIOMMU_ALLOC} of any type that needs no data: gives the id. */
  public HostResult<Integer> alloc(int type, int devId, int hwptId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = viommu(arena, type, devId, hwptId);
      return channel.request(
          Ioctl.IOMMU_VIOMMU_ALLOC, struct, () -> Alloc.OUT_VIOMMU_ID.getInt(struct));
    }
  }

  /** {@code IOMMU_VIOMMU_ALLOC} of type TEGRA241_CMDQV. */
  public HostResult<Tegra241Viommu> allocTegra241(int devId, int hwptId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = Tegra241.STRUCT.allocate(arena);
      MemorySegment struct =
          viommu(arena, UapiConstants.IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV, devId, hwptId);
      Alloc.DATA_LEN.set(struct, data.byteSize());
      Alloc.DATA_UPTR.set(struct, data.address());
      return channel.request(
          Ioctl.IOMMU_VIOMMU_ALLOC,
          struct,
          () ->
              new Tegra241Viommu(
                  Alloc.OUT_VIOMMU_ID.getInt(struct),
                  Tegra241.OUT_VINTF_MMAP_OFFSET.get(data),
                  Tegra241.OUT_VINTF_MMAP_LENGTH.get(data)));
    }
  }

  private static MemorySegment viommu(Arena arena, int type, int devId, int hwptId) {
    MemorySegment struct = Alloc.STRUCT.allocateSized(arena);
    Alloc.TYPE.set(struct, type);
    Alloc.DEV_ID.set(struct, devId);
    Alloc.HWPT_ID.set(struct, hwptId);
    return struct;
  }

  /**
   * {@code IOMMU_VDEVICE_ALLOC}: gives the id.
   *
   * @param virtId the vSID, unsigned
   */
  public HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = VdeviceAlloc.STRUCT.allocateSized(arena);
      VdeviceAlloc.VIOMMU_ID.set(struct, viommuId);
      VdeviceAlloc.DEV_ID.set(struct, devId);
      VdeviceAlloc.VIRT_ID.set(struct, virtId);
      return channel.request(
          Ioctl.IOMMU_VDEVICE_ALLOC, struct, () -> VdeviceAlloc.OUT_VDEVICE_ID.getInt(struct));
    }
  }

  /**
   * {@code IOMMU_VEVENTQ_ALLOC}.
   *
   * @param type {@code IOMMU_VEVENTQ_TYPE_*}; reading understands ARM_SMMUV3
   * @param depth most events kept unread, unsigned
   */
  public HostResult<VeventQueueFd> allocVeventq(int viommuId, int type, int depth) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = VeventqAlloc.STRUCT.allocateSized(arena);
      VeventqAlloc.VIOMMU_ID.set(struct, viommuId);
      VeventqAlloc.TYPE.set(struct, type);
      VeventqAlloc.VEVENTQ_DEPTH.set(struct, depth);
      return channel.request(
          Ioctl.IOMMU_VEVENTQ_ALLOC,
          struct,
          () ->
              VeventQueueFd.over(
                  channel.calls(),
                  VeventqAlloc.OUT_VEVENTQ_ID.getInt(struct),
                  Fd.owning(VeventqAlloc.OUT_VEVENTQ_FD.getInt(struct))));
    }
  }

  /** {@code IOMMU_FAULT_QUEUE_ALLOC}. */
  public HostResult<FaultQueueFd> allocFaultQueue() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = FaultAlloc.STRUCT.allocateSized(arena);
      return channel.request(
          Ioctl.IOMMU_FAULT_QUEUE_ALLOC,
          struct,
          () ->
              FaultQueueFd.over(
                  channel.calls(),
                  FaultAlloc.OUT_FAULT_ID.getInt(struct),
                  Fd.owning(FaultAlloc.OUT_FAULT_FD.getInt(struct))));
    }
  }

  /**
   * {@code IOMMU_HW_QUEUE_ALLOC}: a queue of the guest that the hardware reads itself; gives the
   * id. Errors: EOPNOTSUPP where the vIOMMU has none; EINVAL for memory or an index that does not
   * fit.
   *
   * @param type {@code IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV}
   * @param index from 0, in order
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
      return channel.request(
          Ioctl.IOMMU_HW_QUEUE_ALLOC, struct, () -> HwQueueAlloc.OUT_HW_QUEUE_ID.getInt(struct));
    }
  }
}
