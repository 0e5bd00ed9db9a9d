package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.HardwareQueue;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;

/** Allocates and destroys the command queues of a guest that the physical SMMU reads directly. */
final class HardwareQueueSteps {

  private static final int NO_STREAM = -1;

  private final IommuContext context;
  private final OperationLog log;
  private final VsmmuState state;

  HardwareQueueSteps(IommuContext context, OperationLog log, VsmmuState state) {
    this.context = context;
    this.log = log;
    this.state = state;
  }

  /**
   * Destroys the queues that the decision ends. This comes before the decision's other steps,
   * because a queue uses the vIOMMU and the memory that those may release.
   */
  void free(List<VsmmuEvent> events) {
    for (VsmmuEvent event : events) {
      switch (event) {
        case HardwareQueueFreed freed -> free(freed.handle());
        case HardwareQueueClosed closed -> free(closed.handle());
        default -> {}
      }
    }
  }

  private void free(long handle) {
    if (log.has(handle)) {
      log.recordEnd(
          Kind.DESTROY, handle, NO_STREAM, log.call(() -> context.destroy(log.kernelId(handle))));
    }
  }

  void allocate(HardwareQueueAllocated it) {
    allocate(it.handle(), it.index(), it.address(), it.size());
  }

  /**
   * Allocates the queues that the state has and the host has not, in the order of their indexes,
   * which the kernel requires.
   */
  void restore() {
    for (HardwareQueue queue : state.hardwareQueues()) {
      if (!log.has(queue.handle())) {
        allocate(queue.handle(), queue.index(), queue.address(), queue.size());
      }
    }
  }

  private void allocate(long handle, int index, long address, long size) {
    long viommu = state.hostHandles().viommu();
    log.recordMade(
        Kind.ALLOC_HW_QUEUE,
        handle,
        viommu,
        NO_STREAM,
        log.call(() -> context.allocHwQueue(log.kernelId(viommu), index, address, size)));
  }
}
