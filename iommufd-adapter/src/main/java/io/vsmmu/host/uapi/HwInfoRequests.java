package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.uapi.HwInfoStructs.HwInfoArmSmmuv3;
import io.vsmmu.host.uapi.HwInfoStructs.HwInfoTegra241;
import io.vsmmu.host.uapi.HwInfoStructs.Query;
import io.vsmmu.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code IOMMU_GET_HW_INFO} of bound devices (drivers/iommu/iommufd/device.c). */
public final class HwInfoRequests {

  private static final SmmuIds NO_IDS = new SmmuIds(0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final KernelFile file;

  HwInfoRequests(KernelFile file) {
    this.file = file;
  }

  /**
   * The properties of NVIDIA's command queue virtualisation.
   *
   * @param version of the hardware
   * @param log2Vcmdqs log2 of the virtual command queues
   * @param log2Vsids log2 of the StreamID replacements
   */
  public record Tegra241Info(int version, int log2Vcmdqs, int log2Vsids) {}

  /** The IOMMU that translates a device's DMA, of any type. Errors: ENOENT. */
  public HostResult<HwInfo> of(int devId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = HwInfoArmSmmuv3.STRUCT.allocate(arena);
      MemorySegment query = query(arena, devId, data);
      return file.request(Ioctl.IOMMU_GET_HW_INFO, query, () -> answer(query, data));
    }
  }

  private static HwInfo answer(MemorySegment query, MemorySegment data) {
    int type = Query.OUT_DATA_TYPE.getInt(query);
    return new HwInfo(
        type,
        type == HwInfo.TYPE_ARM_SMMUV3 ? ids(data) : NO_IDS,
        Query.OUT_MAX_PASID_LOG2.getInt(query),
        Query.OUT_CAPABILITIES.get(query));
  }

  private static SmmuIds ids(MemorySegment data) {
    return new SmmuIds(
        (int) HwInfoArmSmmuv3.IDR.get(data, 0),
        (int) HwInfoArmSmmuv3.IDR.get(data, 1),
        (int) HwInfoArmSmmuv3.IDR.get(data, 2),
        (int) HwInfoArmSmmuv3.IDR.get(data, 3),
        (int) HwInfoArmSmmuv3.IDR.get(data, 4),
        (int) HwInfoArmSmmuv3.IDR.get(data, 5),
        HwInfoArmSmmuv3.IIDR.getInt(data),
        HwInfoArmSmmuv3.AIDR.getInt(data),
        HwInfoArmSmmuv3.FLAGS.getInt(data));
  }

  /**
   * The command queue virtualisation of a device's SMMU, requested by type. Errors: ENOENT;
   * EOPNOTSUPP where there is none, or the kernel cannot be asked for a type.
   */
  public HostResult<Tegra241Info> tegra241(int devId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = HwInfoTegra241.STRUCT.allocate(arena);
      MemorySegment query = query(arena, devId, data);
      Query.FLAGS.set(query, UapiConstants.IOMMU_HW_INFO_FLAG_INPUT_TYPE);
      Query.IN_DATA_TYPE.set(query, UapiConstants.IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV);
      HostResult<Integer> type =
          file.request(Ioctl.IOMMU_GET_HW_INFO, query, () -> Query.OUT_DATA_TYPE.getInt(query));
      return type.then(
          found ->
              found == UapiConstants.IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV
                  ? HostResult.ok(
                      new Tegra241Info(
                          HwInfoTegra241.VERSION.getInt(data),
                          HwInfoTegra241.LOG2VCMDQS.getInt(data),
                          HwInfoTegra241.LOG2VSIDS.getInt(data)))
                  : HostResult.refused(Errno.EOPNOTSUPP));
    }
  }

  private static MemorySegment query(Arena arena, int devId, MemorySegment data) {
    MemorySegment query = Query.STRUCT.allocateSized(arena);
    Query.DEV_ID.set(query, devId);
    Query.DATA_LEN.set(query, data.byteSize());
    Query.DATA_UPTR.set(query, data.address());
    return query;
  }
}
