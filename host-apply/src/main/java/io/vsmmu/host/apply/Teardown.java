package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Destroys the objects of one vSMMU on an iommufd, each before the objects that it uses. Objects
 * that cannot be destroyed are freed when the iommufd is closed.
 */
final class Teardown {

  /** The order of destruction: no object is used by one of a later kind. */
  private static final List<Kind> ORDER =
      List.of(Kind.ALLOC_HWPT, Kind.ALLOC_VEVENTQ, Kind.ALLOC_VIOMMU);

  private final IommuContext context;
  private final OperationLog log;

  Teardown(IommuContext context, OperationLog log) {
    this.context = context;
    this.log = log;
  }

  /** Destroys all objects except the nesting parent and the IOAS, which belong to the VM. */
  void everything() {
    // First, because the hardware must not carry out the guest's commands while the objects that
    // they name are destroyed.
    each(Kind.ALLOC_HW_QUEUE, context::destroy);
    each(Kind.BIND_DEVICE, context::detach);
    each(Kind.ALLOC_VDEVICE, context::destroy);
    // An unbind detaches for certain, so that the HWPTs can be destroyed.
    each(Kind.BIND_DEVICE, context::unbind);
    each(Kind.ALLOC_VEVENTQ, context::closeVeventq);
    ORDER.forEach(maker -> each(maker, context::destroy));
  }

  private void each(Kind maker, IntConsumer step) {
    log.madeBy(maker).forEach(handle -> step.accept(log.kernelId(handle)));
  }
}
