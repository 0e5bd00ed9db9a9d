package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.Optional;

/** A device comes to the vSMMU's iommufd, or leaves it. */
final class DeviceSteps {

  /** Fault records that the kernel keeps for us before it reports a loss. */
  static final int VEVENTQ_DEPTH = 1024;

  private final VsmmuHost member;
  private final VmSpace space;
  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final DevicePlacement placement;
  private final VsmmuState state;

  /**
   * @param member in whose name {@code space} is used
   */
  DeviceSteps(
      VsmmuHost member,
      VmSpace space,
      IommuContext context,
      InvalidationCall call,
      OperationLog log,
      DevicePlacement placement,
      VsmmuState state) {
    this.member = member;
    this.space = space;
    this.context = context;
    this.call = call;
    this.log = log;
    this.placement = placement;
    this.state = state;
  }

  /**
   * Binds the device, makes what all devices share, and its vDEVICE; what is there already is kept.
   */
  boolean attach(DeviceState device) {
    int streamId = device.streamId();
    boolean bound =
        log.knows(device.deviceHandle())
            || log.made(
                Kind.BIND_DEVICE,
                device.deviceHandle(),
                0,
                streamId,
                space.bind(context, device.device().address()));
    if (!bound || !shareObjects(streamId, log.kernelId(device.deviceHandle()))) {
      return false;
    }
    long viommu = state.hostHandles().viommu();
    return share(
        Kind.ALLOC_VDEVICE,
        device.vdeviceHandle(),
        viommu,
        streamId,
        () ->
            context.allocVdevice(
                log.kernelId(viommu),
                log.kernelId(device.deviceHandle()),
                Integer.toUnsignedLong(streamId)));
  }

  private boolean shareObjects(int streamId, int devId) {
    HostHandles shared = state.hostHandles();
    return share(Kind.ALLOC_IOAS, shared.ioas(), 0, streamId, space::ioas)
        && share(
            Kind.ALLOC_NESTING_PARENT,
            shared.nestingParent(),
            shared.ioas(),
            streamId,
            () ->
                space.nestingParent(
                    member, shared.physicalSmmu(), devId, log.kernelId(shared.ioas())))
        && share(
            Kind.ALLOC_VIOMMU,
            shared.viommu(),
            shared.nestingParent(),
            streamId,
            () -> viommu(devId, shared))
        && share(
            Kind.ALLOC_HWPT,
            shared.abortProxy(),
            shared.viommu(),
            streamId,
            () -> proxy(devId, HostObject.ABORT_WORD0))
        && share(
            Kind.ALLOC_HWPT,
            shared.bypassProxy(),
            shared.viommu(),
            streamId,
            () -> proxy(devId, HostObject.BYPASS_WORD0))
        && shareFaults(streamId);
  }

  /** A kernel before 6.15 has no vEVENTQ: faults reach nobody then, and all else works. */
  private boolean shareFaults(int streamId) {
    HostHandles shared = state.hostHandles();
    if (log.knows(shared.veventq()) || log.isLacking(shared.veventq())) {
      return true;
    }
    HostResult<Integer> made =
        context.allocVeventq(
            log.kernelId(shared.viommu()), IommuContext.VEVENTQ_TYPE_ARM_SMMUV3, VEVENTQ_DEPTH);
    log.made(Kind.ALLOC_VEVENTQ, shared.veventq(), shared.viommu(), streamId, made);
    if (made.refusal().equals(Optional.of(Errno.ENOTTY))) {
      log.lacks(shared.veventq());
      return true;
    }
    return made.isOk();
  }

  private HostResult<Integer> viommu(int devId, HostHandles shared) {
    call.learn(context, devId);
    return context.allocViommu(devId, log.kernelId(shared.nestingParent()), viommuType(devId));
  }

  /** With queues for the guest only where the operator takes a blind log, and the host has them. */
  private int viommuType(int devId) {
    boolean accepted = state.properties().hardwareQueues() == HardwareQueues.ACCEPT_BLIND;
    return accepted && context.hardwareQueues(devId).isOk()
        ? IommuContext.VIOMMU_TYPE_TEGRA241_CMDQV
        : IommuContext.VIOMMU_TYPE_ARM_SMMUV3;
  }

  private HostResult<Integer> proxy(int devId, long word0) {
    return context.allocNestedHwpt(devId, log.kernelId(state.hostHandles().viommu()), 0, word0, 0);
  }

  /** An allocation that is only made when its object is needed. */
  private interface Allocation {
    HostResult<Integer> run();
  }

  private boolean share(Kind kind, long handle, long from, int streamId, Allocation allocation) {
    return log.knows(handle) || log.made(kind, handle, from, streamId, allocation.run());
  }

  /**
   * Takes the device away; what was never made is skipped. The HWPT goes last: unbinding detaches
   * for certain.
   */
  void detach(DeviceDetached detached) {
    int streamId = detached.streamId();
    long device = detached.deviceHandle();
    placement.unused(state.hostHandles(), detached.freedHwpt(), streamId);
    if (!log.knows(device)) {
      return;
    }
    int devId = log.kernelId(device);
    log.done(Kind.DETACH, device, 0, streamId, context.detach(devId));
    long vdevice = detached.vdeviceHandle();
    if (log.knows(vdevice)) {
      log.gone(Kind.DESTROY, vdevice, streamId, context.destroy(log.kernelId(vdevice)));
    }
    if (log.gone(Kind.UNBIND_DEVICE, device, streamId, context.unbind(devId))) {
      // A vDEVICE that is left goes with its device (iommufd_device_pre_destroy).
      log.forget(vdevice);
      placement.detached(device);
    }
  }
}
