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

/** Binds a device of the vSMMU to its iommufd and allocates its vDEVICE, and undoes both. */
final class DeviceSteps {

  /** Fault records that the kernel keeps unread; beyond, it drops records and reports the loss. */
  static final int VEVENTQ_DEPTH = 1024;

  private final VsmmuHost member;
  private final VmSpace space;
  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final DeviceAttachments attachments;
  private final VsmmuState state;

  /**
   * @param member the vSMMU for which {@code space} is used
   */
  DeviceSteps(
      VsmmuHost member,
      VmSpace space,
      IommuContext context,
      InvalidationCall call,
      OperationLog log,
      DeviceAttachments attachments,
      VsmmuState state) {
    this.member = member;
    this.space = space;
    this.context = context;
    this.call = call;
    this.log = log;
    this.attachments = attachments;
    this.state = state;
  }

  /**
   * Binds the device, allocates the objects that all devices share, and its vDEVICE. Objects that
   * exist are kept.
   *
   * @return false when the host refused one of these, which is recorded
   */
  boolean attach(DeviceState device) {
    int streamId = device.streamId();
    boolean bound =
        log.has(device.deviceHandle())
            || log.recordMade(
                Kind.BIND_DEVICE,
                device.deviceHandle(),
                0,
                streamId,
                log.call(() -> space.bind(context, device.device().address())));
    if (!bound || !ensureSharedObjects(streamId, log.kernelId(device.deviceHandle()))) {
      return false;
    }
    long viommu = state.hostHandles().viommu();
    return ensure(
        Kind.ALLOC_VDEVICE,
        device.vdeviceHandle(),
        viommu,
        streamId,
        () ->
            log.call(
                () ->
                    context.allocVdevice(
                        log.kernelId(viommu),
                        log.kernelId(device.deviceHandle()),
                        Integer.toUnsignedLong(streamId))));
  }

  private boolean ensureSharedObjects(int streamId, int devId) {
    HostHandles shared = state.hostHandles();
    return ensure(Kind.ALLOC_IOAS, shared.ioas(), 0, streamId, () -> log.call(space::ioas))
        && ensure(
            Kind.ALLOC_NESTING_PARENT,
            shared.nestingParent(),
            shared.ioas(),
            streamId,
            () ->
                log.call(
                    () ->
                        space.nestingParent(
                            member, shared.physicalSmmu(), devId, log.kernelId(shared.ioas()))))
        && ensure(
            Kind.ALLOC_VIOMMU,
            shared.viommu(),
            shared.nestingParent(),
            streamId,
            () -> viommu(devId, shared))
        && ensure(
            Kind.ALLOC_HWPT,
            shared.abortProxy(),
            shared.viommu(),
            streamId,
            () -> proxy(devId, HostObject.ABORT_WORD0))
        && ensure(
            Kind.ALLOC_HWPT,
            shared.bypassProxy(),
            shared.viommu(),
            streamId,
            () -> proxy(devId, HostObject.BYPASS_WORD0))
        && ensureVeventq(streamId);
  }

  /**
   * Allocates the vEVENTQ. A kernel before 6.15 has none (ENOTTY): the faults of devices are then
   * not reported, and everything else works.
   */
  private boolean ensureVeventq(int streamId) {
    HostHandles shared = state.hostHandles();
    if (log.has(shared.veventq()) || log.isUnsupported(shared.veventq())) {
      return true;
    }
    HostResult<Integer> made =
        log.call(
            () ->
                context.allocVeventq(
                    log.kernelId(shared.viommu()),
                    IommuContext.VEVENTQ_TYPE_ARM_SMMUV3,
                    VEVENTQ_DEPTH));
    log.recordMade(Kind.ALLOC_VEVENTQ, shared.veventq(), shared.viommu(), streamId, made);
    if (made.refusal().equals(Optional.of(Errno.ENOTTY))) {
      log.markUnsupported(shared.veventq());
      return true;
    }
    return made.isOk();
  }

  private HostResult<Integer> viommu(int devId, HostHandles shared) {
    call.detectErrata(context, devId);
    int type = viommuType(devId);
    return log.call(() -> context.allocViommu(devId, log.kernelId(shared.nestingParent()), type));
  }

  /**
   * The type with hardware queues for the guest, if the operator accepted that the log does not see
   * their commands and the host has such queues.
   */
  private int viommuType(int devId) {
    boolean accepted = state.properties().hardwareQueues() == HardwareQueues.ACCEPT_BLIND;
    return accepted && context.hardwareQueues(devId).isOk()
        ? IommuContext.VIOMMU_TYPE_TEGRA241_CMDQV
        : IommuContext.VIOMMU_TYPE_ARM_SMMUV3;
  }

  private HostResult<Integer> proxy(int devId, long word0) {
    int viommu = log.kernelId(state.hostHandles().viommu());
    return log.call(() -> context.allocNestedHwpt(devId, viommu, 0, word0, 0));
  }

  /** An allocation that is made only if its object does not exist. */
  private interface Allocation {
    HostResult<Integer> run();
  }

  private boolean ensure(Kind kind, long handle, long from, int streamId, Allocation allocation) {
    return log.has(handle) || log.recordMade(kind, handle, from, streamId, allocation.run());
  }

  /**
   * Detaches and unbinds the device; objects that were never allocated are skipped. Its HWPT is
   * destroyed at the end of the decision, because only the unbind detaches the device for certain.
   */
  void detach(DeviceDetached detached) {
    int streamId = detached.streamId();
    long device = detached.deviceHandle();
    attachments.unused(state.hostHandles(), detached.freedHwpt(), streamId);
    if (!log.has(device)) {
      return;
    }
    int devId = log.kernelId(device);
    log.record(Kind.DETACH, device, 0, streamId, log.call(() -> context.detach(devId)));
    long vdevice = detached.vdeviceHandle();
    if (log.has(vdevice)) {
      log.recordEnd(
          Kind.DESTROY, vdevice, streamId, log.call(() -> context.destroy(log.kernelId(vdevice))));
    }
    if (log.recordEnd(
        Kind.UNBIND_DEVICE, device, streamId, log.call(() -> context.unbind(devId)))) {
      // The kernel destroys a remaining vDEVICE with its device (iommufd_device_pre_destroy).
      log.forget(vdevice);
      attachments.detached(device);
    }
  }
}
