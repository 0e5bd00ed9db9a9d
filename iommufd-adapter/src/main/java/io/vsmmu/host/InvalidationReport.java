package io.vsmmu.host;

import io.vsmmu.posix.Errno;
import java.util.Optional;

/**
 * What {@code IOMMU_HWPT_INVALIDATE} left behind.
 *
 * <p><b>entryNum is neither the number of commands the SMMU has seen nor always the one that is to
 * blame.</b> Commands are issued in blocks of {@value #BLOCK_ENTRIES}. After an error Linux 7.3
 * tells the command that it did not take, and those of its block before it were not issued
 * (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate); later kernels
 * tell how many commands were issued, always whole blocks, and any command of the next block may be
 * the one. On both, {@link #issued} commands are done.
 *
 * @param errno the error; empty when every command was issued and synchronised
 * @param entryNum {@code entry_num} as the kernel left it, 0..batch size
 */
public record InvalidationReport(Optional<Errno> errno, int entryNum) {

  /** Commands that the kernel issues at once: CMDQ_BATCH_ENTRIES - 1. */
  public static final int BLOCK_ENTRIES = 63;

  /** Everything was issued. */
  public static InvalidationReport complete(int entries) {
    return new InvalidationReport(Optional.empty(), entries);
  }

  /** An error with this {@code entry_num}. */
  public static InvalidationReport failed(Errno errno, int entryNum) {
    return new InvalidationReport(Optional.of(errno), entryNum);
  }

  /** How many commands, from the first one on, were issued and synchronised for certain. */
  public int issued() {
    return errno.isEmpty() ? entryNum : entryNum - entryNum % BLOCK_ENTRIES;
  }

  /** Whether every command was issued and synchronised. */
  public boolean isComplete() {
    return errno.isEmpty();
  }
}
