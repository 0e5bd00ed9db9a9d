package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.uapi.IoasStructs.Alloc;
import io.vsmmu.host.uapi.IoasStructs.AllowIovas;
import io.vsmmu.host.uapi.IoasStructs.Copy;
import io.vsmmu.host.uapi.IoasStructs.MapFile;
import io.vsmmu.host.uapi.IoasStructs.Range;
import io.vsmmu.host.uapi.IoasStructs.RangesQuery;
import io.vsmmu.host.uapi.IoasStructs.Unmap;
import io.vsmmu.host.uapi.IoasStructs.VfioIoas;
import io.vsmmu.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Requests about address spaces (drivers/iommu/iommufd/ioas.c). An id that names no IOAS gives
 * ENOENT. Mappings are always made at a fixed address.
 */
public final class IoasRequests {

  private final Channel channel;

  IoasRequests(Channel channel) {
    this.channel = channel;
  }

  /** {@code IOMMU_IOAS_ALLOC}: gives the id. */
  public HostResult<Integer> alloc() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Alloc.STRUCT.allocateSized(arena);
      return channel.request(
          Ioctl.IOMMU_IOAS_ALLOC, struct, () -> Alloc.OUT_IOAS_ID.getInt(struct));
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
    MemorySegment ranges = Range.STRUCT.allocate(arena, room);
    RangesQuery.NUM_IOVAS.set(struct, room);
    RangesQuery.ALLOWED_IOVAS.set(struct, ranges.address());
    return channel.request(
        Ioctl.IOMMU_IOAS_IOVA_RANGES,
        struct,
        () ->
            new IovaRanges(
                IntStream.range(0, Math.min(room, RangesQuery.NUM_IOVAS.getInt(struct)))
                    .mapToObj(i -> range(Range.STRUCT.element(ranges, i)))
                    .toList(),
                RangesQuery.OUT_IOVA_ALIGNMENT.get(struct)));
  }

  private static IovaRange range(MemorySegment struct) {
    return new IovaRange(Range.START.get(struct), Range.LAST.get(struct));
  }

  /**
   * {@code IOMMU_IOAS_ALLOW_IOVAS}: these stay available whatever is attached. Errors: EADDRINUSE
   * when they are reserved already; EINVAL for ranges that overlap or end before they begin.
   *
   * @param ranges at most {@link UapiLimits#IOVA_RANGES}, else EMSGSIZE
   */
  public HostResult<Done> allowIovas(int ioasId, List<IovaRange> ranges) {
    if (ranges.size() > UapiLimits.IOVA_RANGES) {
      return HostResult.refused(Errno.EMSGSIZE);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment array = Range.STRUCT.allocate(arena, ranges.size());
      for (int i = 0; i < ranges.size(); i++) {
        MemorySegment element = Range.STRUCT.element(array, i);
        Range.START.set(element, ranges.get(i).start());
        Range.LAST.set(element, ranges.get(i).last());
      }
      MemorySegment struct = AllowIovas.STRUCT.allocateSized(arena);
      AllowIovas.IOAS_ID.set(struct, ioasId);
      AllowIovas.NUM_IOVAS.set(struct, ranges.size());
      AllowIovas.ALLOWED_IOVAS.set(struct, array.address());
      return channel.request(Ioctl.IOMMU_IOAS_ALLOW_IOVAS, struct);
    }
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
      return channel.request(Ioctl.IOMMU_IOAS_MAP, struct);
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
      return channel.request(Ioctl.IOMMU_IOAS_MAP_FILE, struct);
    }
  }

  /**
   * {@code IOMMU_IOAS_COPY}: the same memory in another address space.
   *
   * @param from an exact mapping of {@code sourceIoasId}
   * @param iova where it goes, unsigned
   */
  public HostResult<Done> copy(
      int ioasId, long iova, long length, MapAccess access, int sourceIoasId, long from) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Copy.STRUCT.allocateSized(arena);
      Copy.FLAGS.set(struct, access.flags());
      Copy.DST_IOAS_ID.set(struct, ioasId);
      Copy.SRC_IOAS_ID.set(struct, sourceIoasId);
      Copy.LENGTH.set(struct, length);
      Copy.DST_IOVA.set(struct, iova);
      Copy.SRC_IOVA.set(struct, from);
      return channel.request(Ioctl.IOMMU_IOAS_COPY, struct);
    }
  }

  /** {@code IOMMU_IOAS_UNMAP}: gives the bytes unmapped. */
  public HostResult<Long> unmap(int ioasId, long iova, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Unmap.STRUCT.allocateSized(arena);
      Unmap.IOAS_ID.set(struct, ioasId);
      Unmap.IOVA.set(struct, iova);
      Unmap.LENGTH.set(struct, length);
      return channel.request(Ioctl.IOMMU_IOAS_UNMAP, struct, () -> Unmap.LENGTH.get(struct));
    }
  }

  /**
   * {@code IOMMU_VFIO_IOAS}: the address space that vfio's old containers use. Errors: ENODEV when
   * none is set, ENOTTY where the kernel has no such containers.
   */
  public HostResult<Integer> compatibilityIoas() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = VfioIoas.STRUCT.allocateSized(arena);
      VfioIoas.OP.set(struct, UapiConstants.IOMMU_VFIO_IOAS_GET);
      return channel.request(Ioctl.IOMMU_VFIO_IOAS, struct, () -> VfioIoas.IOAS_ID.getInt(struct));
    }
  }
}
