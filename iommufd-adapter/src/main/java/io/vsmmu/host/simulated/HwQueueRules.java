package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.Optional;

/**
 * The rules by which a vIOMMU accepts a hardware queue, checked in the order of the kernel
 * (tegra241-cmdqv.c, tegra241_vintf_alloc_lvcmdq_user).
 */
final class HwQueueRules {

  private static final int LEAST_BYTES = 32;
  private static final int COMMAND_BYTES = 16;

  private HwQueueRules() {}

  /** The refusal of such a queue; empty when it can be allocated. */
  static Optional<Errno> refusal(KernelObject.Viommu viommu, int index, long iova, long length) {
    if (viommu.type != IommuContext.VIOMMU_TYPE_TEGRA241_CMDQV) {
      return Optional.of(Errno.EOPNOTSUPP);
    }
    if (Integer.compareUnsigned(index, viommu.smmu.hardwareQueues()) >= 0) {
      return Optional.of(Errno.EINVAL);
    }
    if (viommu.hwQueues.containsKey(index)) {
      return Optional.of(Errno.EEXIST);
    }
    if (index > 0 && !viommu.hwQueues.containsKey(index - 1)) {
      return Optional.of(Errno.EIO);
    }
    long most = (long) COMMAND_BYTES << IdMask.CMDQS.get(viommu.smmu.ids().idr());
    boolean fits = Long.bitCount(length) == 1 && length >= LEAST_BYTES && length <= most;
    return fits && (iova & (length - 1)) == 0 ? Optional.empty() : Optional.of(Errno.EINVAL);
  }
}
