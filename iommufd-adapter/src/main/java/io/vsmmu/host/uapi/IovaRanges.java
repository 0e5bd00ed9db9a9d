package io.vsmmu.host.uapi;

import java.util.List;

/**
 * The answer of {@code IOMMU_IOAS_IOVA_RANGES}: where an IOAS may be mapped.
 *
 * @param ranges in ascending order
 * @param alignment of the beginning and the end of a mapping, in bytes
 */
public record IovaRanges(List<Range> ranges, long alignment) {

  public IovaRanges {
    ranges = List.copyOf(ranges);
  }

  /**
   * Contiguous I/O virtual addresses.
   *
   * @param start first address, unsigned
   * @param last last address, inclusive, unsigned
   */
  public record Range(long start, long last) {}
}
