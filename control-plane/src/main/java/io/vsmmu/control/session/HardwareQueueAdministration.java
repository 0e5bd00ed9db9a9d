package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.host.Advice;
import io.vsmmu.host.Remedy;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;

/**
 * Allocates and frees hardware queues: command queues of a guest that the physical SMMU reads
 * itself (VCMDQs of Tegra241 CMDQV).
 */
public final class HardwareQueueAdministration {

  private static final String FIELD = "hw-queues";

  private final VsmmuAdministration vsmmus;

  public HardwareQueueAdministration(VsmmuAdministration vsmmus) {
    this.vsmmus = vsmmus;
  }

  /**
   * Allocates a queue.
   *
   * @throws RequestRefusedException if the host refuses; only the events about the attempt remain
   */
  public Applied allocate(String name, Stimulus.AllocateHardwareQueue wanted, String subject) {
    Applied applied = vsmmus.control(name, wanted, subject);
    Optional<HostOperation> refused =
        applied.outcome().stream()
            .flatMap(outcome -> outcome.operations().stream())
            .filter(operation -> operation.kind() == HostOperation.Kind.ALLOC_HW_QUEUE)
            .filter(operation -> !operation.succeeded())
            .findFirst();
    if (refused.isPresent()) {
      Errno errno = Errno.of(refused.get().errno());
      throw new RequestRefusedException(
          Kind.HOST_REFUSED,
          FIELD,
          "IOMMU_HW_QUEUE_ALLOC of queue %d failed with %s (errno %d)"
              .formatted(wanted.index(), errno, errno.number()),
          remedy(errno).text());
    }
    return applied;
  }

  /** Frees a queue, which must be the newest one: a queue depends on the one before it. */
  public Applied free(String name, int index, String subject) {
    return vsmmus.control(name, new Stimulus.FreeHardwareQueue(index), subject);
  }

  /** drivers/iommu/iommufd/viommu.c; drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c. */
  private static Remedy remedy(Errno errno) {
    return switch (errno) {
      case EOPNOTSUPP, ENOTTY -> Advice.USE_CMDQV_HOST.with();
      case EINVAL -> Advice.USE_FEWER_QUEUES.with();
      case EFAULT -> Advice.USE_HUGE_PAGE.with();
      case ENOENT -> Advice.SHARE_MEMORY_FIRST.with();
      case ENOMEM -> Advice.RAISE_MEMLOCK.with();
      default -> Advice.SEE_KERNEL_LOG.with();
    };
  }
}
