package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The mappings of one IOAS (drivers/iommu/iommufd/io_pagetable.c). */
final class AddressSpace {

  static final long PAGE_BYTES = 4096;

  private static final long UNMAP_ALL = -1L;

  private final TreeMap<Long, Mapping> mappings = new TreeMap<>(Long::compareUnsigned);

  /**
   * Maps a range, or refuses it as {@link io.vsmmu.host.IommuContext#map} says.
   *
   * @param paged whether a page table maps this address space: until then the alignment is one byte
   *     (io_pagetable.c, iopt_calculate_iova_alignment)
   */
  HostResult<Done> map(long iova, long length, MapAccess access, RamSource source, boolean paged) {
    Mapping mapping = new Mapping(iova, length, access, source);
    if (length == 0 || (paged && !aligned(mapping))) {
      return HostResult.refused(Errno.EINVAL);
    }
    long last = iova + length - 1;
    if (Long.compareUnsigned(last, iova) < 0) {
      return HostResult.refused(Errno.EOVERFLOW);
    }
    Map.Entry<Long, Mapping> below = mappings.floorEntry(last);
    if (below != null && Long.compareUnsigned(below.getValue().last(), iova) >= 0) {
      return HostResult.refused(Errno.EEXIST);
    }
    mappings.put(iova, mapping);
    return HostResult.done();
  }

  HostResult<Long> unmap(long iova, long length) {
    if (iova == 0 && length == UNMAP_ALL) {
      long all = mappings.values().stream().mapToLong(Mapping::length).sum();
      mappings.clear();
      return HostResult.ok(all);
    }
    if (length == 0) {
      return HostResult.refused(Errno.EINVAL);
    }
    long last = iova + length - 1;
    if (Long.compareUnsigned(last, iova) < 0) {
      return HostResult.refused(Errno.EOVERFLOW);
    }
    return unmapWithin(iova, last);
  }

  private HostResult<Long> unmapWithin(long iova, long last) {
    List<Mapping> inside = new ArrayList<>();
    for (Mapping mapping : mappings.values()) {
      if (Long.compareUnsigned(mapping.last(), iova) >= 0
          && Long.compareUnsigned(mapping.iova(), last) <= 0) {
        inside.add(mapping);
      }
    }
    boolean cut =
        inside.stream()
            .anyMatch(
                mapping ->
                    Long.compareUnsigned(mapping.iova(), iova) < 0
                        || Long.compareUnsigned(mapping.last(), last) > 0);
    if (inside.isEmpty() || cut) {
      return HostResult.refused(Errno.ENOENT);
    }
    inside.forEach(mapping -> mappings.remove(mapping.iova()));
    return HostResult.ok(inside.stream().mapToLong(Mapping::length).sum());
  }

  /** Whether all mappings are page aligned, so that a page table can map them. */
  boolean fitsPages() {
    return mappings.values().stream().allMatch(AddressSpace::aligned);
  }

  List<Mapping> mappings() {
    return List.copyOf(mappings.values());
  }

  private static long start(RamSource source) {
    return switch (source) {
      case RamSource.MemfdRange memfd -> memfd.start();
      case RamSource.Anonymous anonymous -> anonymous.userAddress();
    };
  }

  private static boolean aligned(Mapping mapping) {
    return aligned(mapping.iova()) && aligned(mapping.length()) && aligned(start(mapping.source()));
  }

  private static boolean aligned(long value) {
    return (value & (PAGE_BYTES - 1)) == 0;
  }
}
