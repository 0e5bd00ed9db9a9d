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

/** Queues that the physical SMMU reads itself. */
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

  /** What ends with a decision ends before anything else of it happens: it needs the rest. */
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
    if (log.knows(handle)) {
      log.gone(Kind.DESTROY, handle, NO_STREAM, context.destroy(log.kernelId(handle)));
    }
  }

  void allocate(HardwareQueueAllocated it) {
    allocate(it.handle(), it.index(), it.address(), it.size());
  }

  /** Those that the state has and the host has not, in the order of their indexes. */
  void restore() {
    for (HardwareQueue queue : state.hardwareQueues()) {
      if (!log.knows(queue.handle())) {
        allocate(queue.handle(), queue.index(), queue.address(), queue.size());
      }
    }
  }

  private void allocate(long handle, int index, long address, long size) {
    long viommu = state.hostHandles().viommu();
    log.made(
        Kind.ALLOC_HW_QUEUE,
        handle,
        viommu,
        NO_STREAM,
        context.allocHwQueue(log.kernelId(viommu), index, address, size));
  }
}
