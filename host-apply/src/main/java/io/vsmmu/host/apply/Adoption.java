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
 * What an earlier process left on an iommufd becomes ours. The log says which objects there are: an
 * event that lets go of one is durable before the host destroys it, so an object that the state
 * names is there. One that was made and whose outcome never reached the log is not known; it is
 * made anew, and the old one swept.
 */
final class Adoption {

  private final VsmmuHost member;
  private final VmSpace space;
  private final IommuContext context;
  private final OperationLog log;
  private final DevicePlacement placement;

  Adoption(
      VsmmuHost member,
      VmSpace space,
      IommuContext context,
      OperationLog log,
      DevicePlacement placement) {
    this.member = member;
    this.space = space;
    this.context = context;
    this.log = log;
    this.placement = placement;
  }

  /** Takes what the state names. */
  void of(VsmmuState state) {
    state.objects().values().stream()
        .filter(object -> object.kernelId() != 0)
        .forEach(object -> take(state, object));
    again(state);
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
          // Its descriptor was lost: a new one can be made when it is gone.
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

  /** Without its device's file, which was lost, a vDEVICE is gone too. */
  private boolean isBound(VsmmuState state, HostObject object) {
    DeviceState device = state.devices().get(object.streamId());
    if (device == null) {
      return false;
    }
    HostObject bound = state.objects().get(device.deviceHandle());
    return bound != null
        && Objects.equals(context.devices().get(device.device().address()), bound.kernelId());
  }

  /** Notes which devices were there; what the log was never told the id of is not. */
  void again(VsmmuState state) {
    state.objects().values().stream()
        .filter(object -> object.kernelId() == 0)
        .forEach(object -> log.forget(object.handle()));
    for (DeviceState device : state.devices().values()) {
      if (log.knows(device.deviceHandle())) {
        log.done(Kind.ADOPT_DEVICE, device.deviceHandle(), 0, device.streamId(), HostResult.done());
        long hwpt = state.stream(device.streamId()).map(StreamState::hwpt).orElse(0L);
        if (log.knows(hwpt)) {
          placement.attached(device, hwpt);
        }
      }
    }
  }
}
