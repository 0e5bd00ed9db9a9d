package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.Optional;

/** Which hardware queues a vIOMMU takes: tegra241_vintf_alloc_lvcmdq_user, in its order. */
final class HwQueueRules {

  private static final int LEAST_BYTES = 32;
  private static final int COMMAND_BYTES = 16;

  private HwQueueRules() {}

  /** Why there can be no such queue; empty when there can. */
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
