package io.vsmmu.host;

import java.util.Optional;

/**
 * What {@code IOMMU_HWPT_INVALIDATE} left behind.
 *
 * <p><b>entryNum is not the number of commands the SMMU has seen.</b> After an error, commands of
 * the failing block of 63 before {@code entryNum} were converted but not issued
 * (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate), so a caller
 * must issue the whole prefix again; invalidations are idempotent.
 *
 * @param errno the error; empty when every command was issued and synchronised
 * @param entryNum {@code entry_num} as the kernel left it, 0..batch size
 */
public record InvalidationReport(Optional<Errno> errno, int entryNum) {

  /** Everything was issued. */
  public static InvalidationReport complete(int entries) {
    return new InvalidationReport(Optional.empty(), entries);
  }

  /** An error with this {@code entry_num}. */
  public static InvalidationReport failed(Errno errno, int entryNum) {
    return new InvalidationReport(Optional.of(errno), entryNum);
  }

  /** Whether every command was issued and synchronised. */
  public boolean isComplete() {
    return errno.isEmpty();
  }
}
