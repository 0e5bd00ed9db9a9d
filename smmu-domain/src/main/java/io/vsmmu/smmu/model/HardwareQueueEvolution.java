package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.model.HostObject.Kind;

/** The state after a hardware queue was allocated, freed or closed. */
final class HardwareQueueEvolution {

  private HardwareQueueEvolution() {}

  static void allocated(StateEdit edit, HardwareQueueAllocated it) {
    edit.addObject(it.handle(), Kind.HARDWARE_QUEUE, -1, it.address(), it.size());
  }

  static void freed(StateEdit edit, HardwareQueueFreed freed) {
    edit.objects = edit.objects.minus(freed.handle());
  }

  static void closed(StateEdit edit, HardwareQueueClosed closed) {
    edit.objects = edit.objects.minus(closed.handle());
  }
}
