package io.vsmmu.host;

/** The memory behind a mapping of an IOAS. */
public sealed interface RamSource {

  /**
   * A range of a memfd, mapped by {@code IOMMU_IOAS_MAP_FILE}.
   *
   * @param fd descriptor of the memfd, open in this process
   * @param start offset of the first byte within the file
   */
  record MemfdRange(int fd, long start) implements RamSource {}

  /**
   * Memory of this process, mapped by {@code IOMMU_IOAS_MAP}.
   *
   * @param userAddress virtual address of the first byte
   */
  record Anonymous(long userAddress) implements RamSource {}
}
