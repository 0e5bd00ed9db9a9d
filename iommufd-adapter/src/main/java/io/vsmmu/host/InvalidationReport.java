package io.vsmmu.host;

import io.vsmmu.posix.Errno;
import java.util.Optional;

/**
 * The outcome of an {@code IOMMU_HWPT_INVALIDATE}.
 *
 * <p><b>{@code entryNum} is not the number of commands that reached the SMMU, and does not always
 * identify the command that failed.</b> The kernel issues commands in blocks of {@value
 * #BLOCK_ENTRIES}. After an error Linux 7.3 reports the index of the command that it refused; the
 * commands of the same block before it were not issued
 * (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c, arm_vsmmu_cache_invalidate); Later kernels
 * report the number of commands in the blocks that were issued, and any command of the next block
 * may be the refused one. With either, the first {@link #issued} commands were carried out.
 *
 * @param errno the error; empty when every command was issued and synchronised
 * @param entryNum {@code entry_num} as the kernel left it, 0..batch size
 */
public record InvalidationReport(Optional<Errno> errno, int entryNum) {

  /** Commands that the kernel issues together: CMDQ_BATCH_ENTRIES - 1 (arm-smmu-v3-iommufd.c). */
  public static final int BLOCK_ENTRIES = 63;

  public static InvalidationReport complete(int entries) {
    return new InvalidationReport(Optional.empty(), entries);
  }

  public static InvalidationReport failed(Errno errno, int entryNum) {
    return new InvalidationReport(Optional.of(errno), entryNum);
  }

  /**
   * Number of commands, counted from the first, that were certainly issued and followed by a
   * CMD_SYNC.
   */
  public int issued() {
    return errno.isEmpty() ? entryNum : entryNum - entryNum % BLOCK_ENTRIES;
  }

  public boolean isComplete() {
    return errno.isEmpty();
  }
}
