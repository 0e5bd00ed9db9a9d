package io.vsmmu.host.simulated;

/**
 * How a kernel carries out {@code IOMMU_HWPT_INVALIDATE}. Both models convert and issue commands in
 * blocks of {@value io.vsmmu.host.InvalidationReport#BLOCK_ENTRIES}.
 */
public enum InvalidationModel {

  /**
   * {@code entry_num} is the index of the refused command; the commands of its block before it were
   * not issued (Linux 7.3, arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate).
   */
  LINUX_7_3,

  /**
   * The core iterates over the blocks: {@code entry_num} is the number of commands in the blocks
   * that were issued, so it does not show which command of the next block was refused. Bits for
   * features that the SMMU lacks are refused (iommufd series "Reject unsupported bits in
   * invalidation commands", for the release after 7.3). An empty array succeeds.
   */
  WHOLE_BLOCKS
}
