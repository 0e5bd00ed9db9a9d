package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.Objects;

/**
 * Takes over the objects that an earlier process of the service left on an iommufd. The log says
 * which objects exist: an event that releases one is durable before the host destroys the object,
 * so an object that the state names exists. An object whose allocation never reached the log is not
 * known; it is allocated anew, and {@link VmSpace#sweep} destroys the old one.
 */
final class Adoption {

  private final VsmmuHost member;
  private final VmSpace space;
  private final IommuContext context;
  private final OperationLog log;
  private final DeviceAttachments attachments;

  Adoption(
      VsmmuHost member,
      VmSpace space,
      IommuContext context,
      OperationLog log,
      DeviceAttachments attachments) {
    this.member = member;
    this.space = space;
    this.context = context;
    this.log = log;
    this.attachments = attachments;
  }

  /** Takes over the objects that the state names. */
  void adopt(VsmmuState state) {
    state.objects().values().stream()
        .filter(object -> object.kernelId() != 0)
        .forEach(object -> take(state, object));
    recordAdoptedDevices(state);
  }

  private void take(VsmmuState state, HostObject object) {
    int id = object.kernelId();
    switch (object.kind()) {
      case IOAS -> {
        space.adoptIoas(id);
        log.adopt(Kind.ALLOC_IOAS, object.handle(), id);
      }
      case NESTING_PARENT -> {
        space.adoptParent(member, state.hostHandles().physicalSmmu(), id);
        log.adopt(Kind.ALLOC_NESTING_PARENT, object.handle(), id);
      }
      case VIOMMU -> log.adopt(Kind.ALLOC_VIOMMU, object.handle(), id);
      case ABORT_PROXY, BYPASS_PROXY, NESTED_HWPT ->
          log.adopt(Kind.ALLOC_HWPT, object.handle(), id);
      case HARDWARE_QUEUE -> log.adopt(Kind.ALLOC_HW_QUEUE, object.handle(), id);
      case VEVENTQ -> {
        if (context.pollVevents(id, 0).isOk()) {
          log.adopt(Kind.ALLOC_VEVENTQ, object.handle(), id);
        } else {
          // Its descriptor was lost. A vIOMMU has one vEVENTQ of a type, so the old one must be
          // destroyed before a new one can be allocated.
          context.destroy(id);
        }
      }
      case DEVICE -> {
        if (isBound(state, object)) {
          log.adopt(Kind.BIND_DEVICE, object.handle(), id);
        }
      }
      case VDEVICE -> {
        if (isBound(state, object)) {
          log.adopt(Kind.ALLOC_VDEVICE, object.handle(), id);
        }
      }
    }
  }

  /**
   * Whether the object's device is still bound. A device whose file was lost is not, and the kernel
   * has destroyed its vDEVICE too.
   */
  private boolean isBound(VsmmuState state, HostObject object) {
    DeviceState device = state.devices().get(object.streamId());
    if (device == null) {
      return false;
    }
    HostObject bound = state.objects().get(device.deviceHandle());
    return bound != null
        && Objects.equals(context.devices().get(device.device().address()), bound.kernelId());
  }

  /**
   * Records an ADOPT_DEVICE for each device that was taken over. Objects without a kernel id in the
   * log are not taken over: their outcome was never recorded.
   */
  void recordAdoptedDevices(VsmmuState state) {
    state.objects().values().stream()
        .filter(object -> object.kernelId() == 0)
        .forEach(object -> log.forget(object.handle()));
    for (DeviceState device : state.devices().values()) {
      if (log.has(device.deviceHandle())) {
        log.record(
            Kind.ADOPT_DEVICE, device.deviceHandle(), 0, device.streamId(), HostResult.done());
        long hwpt = state.stream(device.streamId()).map(StreamState::hwpt).orElse(0L);
        if (log.has(hwpt)) {
          attachments.attached(device, hwpt);
        }
      }
    }
  }
}
