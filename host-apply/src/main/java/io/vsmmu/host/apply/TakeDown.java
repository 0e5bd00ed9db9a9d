package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Takes down what one vSMMU has on an iommufd: users before what they use. What cannot be destroyed
 * goes when the iommufd is closed.
 */
final class TakeDown {

  /** Made later, so used by none of those behind it. */
  private static final List<Kind> ORDER =
      List.of(Kind.ALLOC_HWPT, Kind.ALLOC_VEVENTQ, Kind.ALLOC_VIOMMU);

  private final IommuContext context;
  private final OperationLog log;

  TakeDown(IommuContext context, OperationLog log) {
    this.context = context;
    this.log = log;
  }

  /** Everything but the stage 2 and the address space, which are the VM's. */
  void everything() {
    // First: the hardware must not read the guest's commands while what they name goes.
    each(Kind.ALLOC_HW_QUEUE, context::destroy);
    each(Kind.BIND_DEVICE, context::detach);
    each(Kind.ALLOC_VDEVICE, context::destroy);
    // Detaches for certain, so that HWPTs can be destroyed.
    each(Kind.BIND_DEVICE, context::unbind);
    each(Kind.ALLOC_VEVENTQ, context::closeVeventq);
    ORDER.forEach(maker -> each(maker, context::destroy));
  }

  private void each(Kind maker, IntConsumer step) {
    log.madeBy(maker).forEach(handle -> step.accept(log.kernelId(handle)));
  }
}
