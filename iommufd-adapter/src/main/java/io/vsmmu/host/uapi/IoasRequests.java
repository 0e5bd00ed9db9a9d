package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.uapi.IoasStructs.IoasAlloc;
import io.vsmmu.host.uapi.IoasStructs.IovaRange;
import io.vsmmu.host.uapi.IoasStructs.MapFile;
import io.vsmmu.host.uapi.IoasStructs.RangesQuery;
import io.vsmmu.host.uapi.IoasStructs.Unmap;
import io.vsmmu.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Requests on IOASes (drivers/iommu/iommufd/ioas.c). An id that names no IOAS gives ENOENT. Every
 * mapping is made at a fixed address.
 */
public final class IoasRequests {

  private final KernelFile file;

  IoasRequests(KernelFile file) {
    this.file = file;
  }

  /** {@code IOMMU_IOAS_ALLOC}: returns the id. */
  public HostResult<Integer> alloc() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = IoasAlloc.STRUCT.allocateSized(arena);
      return file.request(
          Ioctl.IOMMU_IOAS_ALLOC, struct, () -> IoasAlloc.OUT_IOAS_ID.getInt(struct));
    }
  }

  /**
   * {@code IOMMU_IOAS_IOVA_RANGES}. EMSGSIZE when there are more than {@link
   * UapiLimits#IOVA_RANGES}.
   */
  public HostResult<IovaRanges> iovaRanges(int ioasId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = RangesQuery.STRUCT.allocateSized(arena);
      RangesQuery.IOAS_ID.set(struct, ioasId);
      HostResult<IovaRanges> first = iovaRanges(arena, struct, UapiLimits.IOVA_RANGES_AT_FIRST);
      long needed = RangesQuery.NUM_IOVAS.get(struct);
      boolean more = first.refusal().filter(Errno.EMSGSIZE::equals).isPresent();
      return more && needed <= UapiLimits.IOVA_RANGES
          ? iovaRanges(arena, struct, (int) needed)
          : first;
    }
  }

  private HostResult<IovaRanges> iovaRanges(Arena arena, MemorySegment struct, int room) {
    MemorySegment ranges = IovaRange.STRUCT.allocate(arena, room);
    RangesQuery.NUM_IOVAS.set(struct, room);
    RangesQuery.ALLOWED_IOVAS.set(struct, ranges.address());
    return file.request(
        Ioctl.IOMMU_IOAS_IOVA_RANGES,
        struct,
        () ->
            new IovaRanges(
                IntStream.range(0, Math.min(room, RangesQuery.NUM_IOVAS.getInt(struct)))
                    .mapToObj(i -> range(IovaRange.STRUCT.element(ranges, i)))
                    .toList(),
                RangesQuery.OUT_IOVA_ALIGNMENT.get(struct)));
  }

  private static IovaRanges.Range range(MemorySegment struct) {
    return new IovaRanges.Range(IovaRange.START.get(struct), IovaRange.LAST.get(struct));
  }

  /**
   * {@code IOMMU_IOAS_MAP}: memory of this process.
   *
   * @param iova unsigned
   * @param userAddress of the first byte
   * @param length in bytes
   */
  public HostResult<Done> map(
      int ioasId, long iova, long length, MapAccess access, long userAddress) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = IoasStructs.Map.STRUCT.allocateSized(arena);
      IoasStructs.Map.FLAGS.set(struct, access.flags());
      IoasStructs.Map.IOAS_ID.set(struct, ioasId);
      IoasStructs.Map.USER_VA.set(struct, userAddress);
      IoasStructs.Map.LENGTH.set(struct, length);
      IoasStructs.Map.IOVA.set(struct, iova);
      return file.request(Ioctl.IOMMU_IOAS_MAP, struct);
    }
  }

  /**
   * {@code IOMMU_IOAS_MAP_FILE}: a part of a memfd.
   *
   * @param iova unsigned
   * @param fd the memfd's number in this process
   * @param start offset of the first byte in the memfd
   * @param length in bytes
   */
  public HostResult<Done> mapFile(
      int ioasId, long iova, long length, MapAccess access, int fd, long start) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = MapFile.STRUCT.allocateSized(arena);
      MapFile.FLAGS.set(struct, access.flags());
      MapFile.IOAS_ID.set(struct, ioasId);
      MapFile.FD.set(struct, fd);
      MapFile.START.set(struct, start);
      MapFile.LENGTH.set(struct, length);
      MapFile.IOVA.set(struct, iova);
      return file.request(Ioctl.IOMMU_IOAS_MAP_FILE, struct);
    }
  }

  /** {@code IOMMU_IOAS_UNMAP}: returns the number of bytes unmapped. */
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Unmap.STRUCT.allocateSized(arena);
      Unmap.IOAS_ID.set(struct, ioasId);
      Unmap.IOVA.set(struct, iova);
      Unmap.LENGTH.set(struct, length);
      return file.request(Ioctl.IOMMU_IOAS_UNMAP, struct, () -> Unmap.LENGTH.get(struct));
    }
  }
}
