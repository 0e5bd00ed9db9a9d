package io.vsmmu.host.apply;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies the decisions of one vSMMU to a host, and owns the vSMMU's objects there. The vSMMU's
 * session applies the decisions one after the other; the object's lock protects them from {@link
 * #detachedByVmm} and {@link #close}, which other threads call. The lock of {@link VmSpace} is
 * taken under it.
 *
 * <p>A decision's events are applied after they are durable. A refusal of the host is part of the
 * outcome and never an exception. A stream whose configuration fails is attached to the abort
 * proxy.
 */
public final class VsmmuHost implements AutoCloseable {

  private final VmSpace space;
  private final Optional<Consumer<ReportFaults>> faults;
  private final OperationLog log;
  private final DeviceAttachments attachments = new DeviceAttachments();
  private final InvalidationCall call;
  private @Nullable IommuContext context;
  private @Nullable FaultReader reader;

  private VsmmuState latest = VsmmuState.ABSENT;

  /**
   * Kernel id of the vEVENTQ that an earlier process has read; 0 when this process allocated the
   * vEVENTQ.
   */
  private int adoptedVeventq;

  /**
   * A vSMMU that is alone in its VM, whose faults are not read and whose calls are not measured.
   */
  public VsmmuHost(HostIommu host) {
    this(new VmSpace(host));
  }

  /** A vSMMU whose faults are not read and whose calls are not measured. */
  public VsmmuHost(VmSpace space) {
    this(space, Optional.empty(), new InvalidationCounters());
  }

  /**
   * A live vSMMU, in whose outcomes each call of the host has its time; the host is opened with its
   * first device.
   *
   * @param space the VM it belongs to
   * @param faults called with the faults of the devices, on a thread of its own
   * @param counters counts the invalidations; may be shared with other vSMMUs
   */
  public VsmmuHost(VmSpace space, Consumer<ReportFaults> faults, InvalidationCounters counters) {
    this(space, Optional.of(faults), counters);
  }

  VsmmuHost(VmSpace space, Optional<Consumer<ReportFaults>> faults, InvalidationCounters counters) {
    this.space = space;
    this.faults = faults;
    this.log = new OperationLog(faults.isPresent());
    this.call = new InvalidationCall(counters);
  }

  /**
   * Applies the events of one decision.
   *
   * @param events the events of one decision, in order
   * @param sequence sequence of the first of them in the vSMMU's log
   * @param after the state after the last of them
   * @return the outcome to report; empty when no event concerns the host
   */
  public synchronized Optional<ReportHostOutcome> apply(
      List<VsmmuEvent> events, long sequence, VsmmuState after) {
    latest = after;
    if (events.getFirst() instanceof VsmmuDeleted) {
      close();
      return Optional.empty();
    }
    if (!Decision.concernsHost(events)) {
      return Optional.empty();
    }
    boolean needed = context != null || !after.devices().isEmpty();
    if (needed) {
      switch (openContext()) {
        case HostResult.Ok<IommuContext>(IommuContext open) -> apply(open, events, after);
        case HostResult.Refused<IommuContext>(Errno errno) -> unreachable(events, after, errno);
      }
    }
    return Optional.of(log.outcome(sequence));
  }

  /**
   * Makes the host's objects agree with the state after a restart of the service: takes over those
   * of an earlier process, and allocates those that are missing.
   *
   * @param pending the slice whose outcome was never recorded; its invalidations are issued again
   * @return the outcome to report; empty when the state has no devices and no slice waits for the
   *     host
   */
  public synchronized Optional<ReportHostOutcome> rebuild(
      VsmmuState state, Optional<CommandsConsumed> pending) {
    close();
    latest = state;
    if (!state.devices().isEmpty()) {
      switch (openContext()) {
        case HostResult.Ok<IommuContext>(IommuContext open) -> rebuild(open, state, pending);
        case HostResult.Refused<IommuContext>(Errno errno) -> {
          state.devices().values().forEach(device -> refused(device, errno));
          pending.ifPresent(slice -> InvalidationRun.unreachable(log, state, slice, errno));
        }
      }
    } else if (!state.commandQueue().awaitsHost()) {
      return Optional.empty();
    }
    return Optional.of(recovered(state));
  }

  /**
   * Repeats in a replay what {@link #rebuild} did when it took over the objects of an earlier
   * process; here the objects are those of this process.
   */
  public synchronized Optional<ReportHostOutcome> adoptAgain(
      VsmmuState state, Optional<CommandsConsumed> pending) {
    if (context == null) {
      return rebuild(state, pending);
    }
    if (state.devices().values().stream().anyMatch(device -> device.device().ownedByVmm())) {
      loseVeventq(context, state.hostHandles().veventq());
    }
    new Adoption(this, space, context, log, attachments).recordAdoptedDevices(state);
    restore(context, state, pending);
    return Optional.of(recovered(state));
  }

  /**
   * Loses the vEVENTQ as a restart does: the descriptors of a VMM keep all objects except the
   * vEVENTQ, whose descriptor the VMM never had.
   */
  private void loseVeventq(IommuContext open, long veventq) {
    if (log.has(veventq)) {
      open.closeVeventq(log.kernelId(veventq));
      open.destroy(log.kernelId(veventq));
      log.forget(veventq);
    }
  }

  /**
   * The outcome of a restart, which belongs to the decision that waits for the host, or else to the
   * newest.
   */
  private ReportHostOutcome recovered(VsmmuState state) {
    long decision =
        state.commandQueue().awaitsHost() ? state.commandQueue().awaiting() : state.stimulus();
    return log.outcome(decision);
  }

  /**
   * StreamIDs of the devices that are not attached to the HWPT that the state has for their
   * streams.
   */
  public List<Integer> misplaced(VsmmuState state) {
    return state.devices().values().stream()
        .filter(
            device ->
                state.stream(device.streamId())
                    .filter(stream -> stream.hwpt() == attachments.hwptOf(device))
                    .isEmpty())
        .map(DeviceState::streamId)
        .toList();
  }

  /**
   * Destroys all objects, each before those that it uses, and closes the host.
   *
   * @return number of objects that were left over
   */
  public synchronized int dismantle() {
    stopReading();
    int left = 0;
    if (context != null && !space.shared(this)) {
      new Teardown(context, log).everything();
      left = space.dismantle(log.highestId());
    }
    close();
    return left;
  }

  /** Kernel ids of all objects of this vSMMU. */
  Set<Integer> kernelIds() {
    return log.kernelIds();
  }

  /**
   * Ends the use of the host at the end of this process; the host's objects stay for the next one.
   */
  public synchronized void abandon() {
    stopReading();
    space.abandon(this);
    context = null;
    adoptedVeventq = 0;
    log.clearObjects();
    attachments.clear();
  }

  /** Destroys the objects that only this vSMMU uses. */
  @Override
  public synchronized void close() {
    stopReading();
    if (context != null) {
      // The last vSMMU does so too: a VMM may have a copy of the device's file, and then closing
      // frees nothing.
      new Teardown(context, log).everything();
      space.leave(this);
      context = null;
    }
    adoptedVeventq = 0;
    log.clearObjects();
    attachments.clear();
  }

  /**
   * Stops the reader: while a thread waits for the vEVENTQ, the kernel keeps it and the objects
   * that it uses.
   */
  private void stopReading() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  private void apply(IommuContext open, List<VsmmuEvent> events, VsmmuState after) {
    HardwareQueueSteps queues = new HardwareQueueSteps(open, log, after);
    queues.free(events);
    DeviceSteps devices = devices(open, after);
    StreamSteps streams = streams(open, after);
    Set<Integer> tried = new HashSet<>();
    long freesShared = 0;
    for (VsmmuEvent event : events) {
      switch (event) {
        case DeviceAttached attached ->
            bindOnce(after, attached.streamId(), devices, streams, tried);
        case DeviceDetached detached -> {
          devices.detach(detached);
          freesShared = detached.freedShared();
        }
        case HardwareQueueAllocated allocated -> queues.allocate(allocated);
        case StreamConfigured configured -> {
          bindOnce(after, configured.streamId(), devices, streams, tried);
          streams.configure(configured);
        }
        default -> {}
      }
    }
    if (events.size() > 1 || !(events.getFirst() instanceof CommandsConsumed)) {
      streams.finish();
    }
    if (events.getFirst() instanceof CommandsConsumed consumed) {
      new InvalidationRun(open, call, log, after).issue(consumed);
    }
    if (freesShared != 0) {
      freeShared(open, new HostHandles(freesShared, ""));
    } else {
      readFaults(open, after);
    }
  }

  /**
   * Destroys the objects that the devices share, because the first device was refused, or the last
   * device of a VMM was detached.
   */
  private void freeShared(IommuContext open, HostHandles shared) {
    stopReading();
    if (log.has(shared.veventq())) {
      open.closeVeventq(log.kernelId(shared.veventq()));
    }
    for (long handle : shared.usersFirst()) {
      boolean ofTheVm = handle == shared.nestingParent() || handle == shared.ioas();
      if (!ofTheVm && log.has(handle)) {
        log.recordEnd(Kind.DESTROY, handle, -1, log.call(() -> open.destroy(log.kernelId(handle))));
      }
    }
    // The nesting parent and the IOAS belong to the VM, which frees them with their last user.
    close();
  }

  /**
   * Finds the devices of a VMM that the VMM has detached or attached to another page table. The
   * kernel does not report that. It refuses to destroy an HWPT to which a device is attached, so
   * each HWPT is destroyed as a test; one that several devices share is destroyed only when all of
   * them were detached. Thread-safe.
   *
   * @return StreamIDs of these devices; the attachment of such a device is left alone when it is
   *     detached later
   */
  public synchronized Set<Integer> detachedByVmm() {
    Set<Integer> detached = new HashSet<>();
    if (!(context instanceof VmmContext vmms)) {
      return detached;
    }
    Set<Long> unused = new HashSet<>();
    for (DeviceState device : latest.devices().values()) {
      long hwpt = attachments.hwptOf(device);
      if (log.has(hwpt) && vmms.destroy(log.kernelId(hwpt)).isOk()) {
        unused.add(hwpt);
        endOrReallocate(vmms, hwpt, device);
      }
      if (hwpt != 0 && (unused.contains(hwpt) || !log.has(hwpt))) {
        detached.add(device.streamId());
        vmms.markDetachedByVmm(log.kernelId(device.deviceHandle()));
      }
    }
    return detached;
  }

  /**
   * A stream's own HWPT is not needed without its device. A proxy, to which other devices will be
   * attached, is allocated again under its id, by which the log and a later process identify it.
   */
  private void endOrReallocate(VmmContext vmms, long hwpt, DeviceState device) {
    HostHandles shared = latest.hostHandles();
    if (DeviceAttachments.isNested(shared, hwpt)) {
      log.noteEarlyDestruction(hwpt);
      return;
    }
    long word0 = hwpt == shared.abortProxy() ? HostObject.ABORT_WORD0 : HostObject.BYPASS_WORD0;
    HostResult<Integer> made =
        vmms.allocNestedHwptAt(
            log.kernelId(hwpt),
            log.kernelId(device.deviceHandle()),
            log.kernelId(shared.viommu()),
            word0);
    if (made instanceof HostResult.Ok<Integer>(Integer id)) {
      log.replaceKernelId(hwpt, id);
    } else {
      log.forget(hwpt);
    }
  }

  private DeviceSteps devices(IommuContext open, VsmmuState state) {
    return new DeviceSteps(this, space, open, call, log, attachments, state);
  }

  private StreamSteps streams(IommuContext open, VsmmuState state) {
    return new StreamSteps(open, call, log, attachments, state);
  }

  private void readFaults(IommuContext open, VsmmuState state) {
    long veventq = state.hostHandles().veventq();
    if (reader == null && log.has(veventq)) {
      int id = log.kernelId(veventq);
      faults.ifPresent(
          taker ->
              reader =
                  id == adoptedVeventq
                      ? FaultReader.resume(open, id, taker)
                      : FaultReader.start(open, id, taker));
    }
  }

  /**
   * Binds a device unless this decision has tried so already. A device that an earlier decision
   * failed to bind may succeed now.
   */
  private static void bindOnce(
      VsmmuState state,
      int streamId,
      DeviceSteps devices,
      StreamSteps streams,
      Set<Integer> tried) {
    DeviceState device = state.devices().get(streamId);
    if (device != null && tried.add(streamId) && !devices.attach(device)) {
      streams.markIncomplete(streamId);
    }
  }

  private void rebuild(IommuContext open, VsmmuState state, Optional<CommandsConsumed> pending) {
    if (space.resumed()) {
      new Adoption(this, space, open, log, attachments).adopt(state);
      adoptedVeventq = log.kernelId(state.hostHandles().veventq());
    }
    restore(open, state, pending);
  }

  /**
   * Allocates the missing objects and attaches the devices that are not attached as the state says.
   */
  private void restore(IommuContext open, VsmmuState state, Optional<CommandsConsumed> pending) {
    state.devices().values().stream()
        .filter(device -> log.has(device.deviceHandle()))
        .findFirst()
        .ifPresent(device -> call.detectErrata(open, log.kernelId(device.deviceHandle())));
    DeviceSteps devices = devices(open, state);
    StreamSteps streams = streams(open, state);
    for (DeviceState device : state.devices().values()) {
      if (!devices.attach(device)) {
        streams.markIncomplete(device.streamId());
      }
    }
    streams.restore();
    streams.finish();
    new HardwareQueueSteps(open, log, state).restore();
    pending.ifPresent(slice -> new InvalidationRun(open, call, log, state).issue(slice));
    readFaults(open, state);
  }

  private HostResult<IommuContext> openContext() {
    if (context != null) {
      return HostResult.ok(context);
    }
    HostResult<IommuContext> result = space.enter(this);
    if (result instanceof HostResult.Ok<IommuContext>(IommuContext open)) {
      context = open;
    }
    return result;
  }

  private void unreachable(List<VsmmuEvent> events, VsmmuState after, Errno errno) {
    events.stream()
        .filter(StreamConfigured.class::isInstance)
        .map(event -> after.devices().get(((StreamConfigured) event).streamId()))
        .filter(Objects::nonNull)
        .distinct()
        .forEach(device -> refused(device, errno));
    if (events.getFirst() instanceof CommandsConsumed consumed) {
      InvalidationRun.unreachable(log, after, consumed, errno);
    }
    if (events.getFirst() instanceof HardwareQueueAllocated(_, _, _, long handle)) {
      long viommu = after.hostHandles().viommu();
      log.recordMade(Kind.ALLOC_HW_QUEUE, handle, viommu, -1, HostResult.refused(errno));
    }
  }

  private void refused(DeviceState device, Errno errno) {
    log.record(
        Kind.BIND_DEVICE, device.deviceHandle(), 0, device.streamId(), HostResult.refused(errno));
  }
}
