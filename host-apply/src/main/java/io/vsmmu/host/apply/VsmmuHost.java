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
 * One vSMMU's objects on one host. A vSMMU's session applies its decisions one after the other; its
 * lock is for {@link #strayed}, which another thread may ask meanwhile, and for the end.
 *
 * <p>A decision's events are applied after they are durable. What the host refuses is part of the
 * outcome, never an exception; a stream whose configuration fails ends on the abort proxy.
 */
public final class VsmmuHost implements AutoCloseable {

  private final VmSpace space;
  private final Optional<Consumer<ReportFaults>> faults;
  private final OperationLog log = new OperationLog();
  private final DevicePlacement placement = new DevicePlacement();
  private final InvalidationCall call;
  private @Nullable IommuContext context;
  private @Nullable FaultReader reader;

  private VsmmuState latest = VsmmuState.ABSENT;

  /** Kernel id of the vEVENTQ that an earlier process has read; 0 when this one made it. */
  private int adoptedVeventq;

  /** A vSMMU without objects yet, with a VM of its own; nobody reads its faults. */
  public VsmmuHost(HostIommu host) {
    this(new VmSpace(host));
  }

  /** A vSMMU without objects yet; nobody reads its faults. */
  public VsmmuHost(VmSpace space) {
    this(space, Optional.empty(), new HostCounters());
  }

  /**
   * A vSMMU without objects yet; the host is opened with the first device.
   *
   * @param space the VM it belongs to
   * @param faults takes what the devices' faults are, on a thread of its own
   * @param counters counts what is asked of the host; may be shared with other vSMMUs
   */
  public VsmmuHost(VmSpace space, Consumer<ReportFaults> faults, HostCounters counters) {
    this(space, Optional.of(faults), counters);
  }

  VsmmuHost(VmSpace space, Optional<Consumer<ReportFaults>> faults, HostCounters counters) {
    this.space = space;
    this.faults = faults;
    this.call = new InvalidationCall(counters);
  }

  /**
   * Applies the events of one decision.
   *
   * @param events as {@code decide} gave them
   * @param sequence of the first of them
   * @param after the state after the last of them
   * @return what to report; empty when nothing concerned the host
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
      switch (opened()) {
        case HostResult.Ok<IommuContext>(IommuContext open) -> apply(open, events, after);
        case HostResult.Refused<IommuContext>(Errno errno) -> unreachable(events, after, errno);
      }
    }
    return Optional.of(new ReportHostOutcome(sequence, log.drain()));
  }

  /**
   * Makes a host hold what the log says: after a restart, on a fresh descriptor.
   *
   * @param pending the slice whose outcome was never recorded; its invalidations are issued again
   * @return what to report; empty when the state has no devices
   */
  public synchronized Optional<ReportHostOutcome> rebuild(
      VsmmuState state, Optional<CommandsConsumed> pending) {
    close();
    latest = state;
    if (!state.devices().isEmpty()) {
      switch (opened()) {
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
   * Does again, on objects that are there, what {@link #rebuild} did on those that an earlier
   * process had left.
   */
  public synchronized Optional<ReportHostOutcome> adoptAgain(
      VsmmuState state, Optional<CommandsConsumed> pending) {
    if (context == null) {
      return rebuild(state, pending);
    }
    if (state.devices().values().stream().anyMatch(device -> device.device().ownedByVmm())) {
      loseVeventq(context, state.hostHandles().veventq());
    }
    new Adoption(this, space, context, log, placement).again(state);
    restore(context, state, pending);
    return Optional.of(recovered(state));
  }

  /** A VMM's copies of descriptors keep everything but the vEVENTQ, which it never had. */
  private void loseVeventq(IommuContext open, long veventq) {
    if (log.knows(veventq)) {
      open.closeVeventq(log.kernelId(veventq));
      open.destroy(log.kernelId(veventq));
      log.forget(veventq);
    }
  }

  /** What a restart did, in the name of the decision that waits for the host or of the newest. */
  private ReportHostOutcome recovered(VsmmuState state) {
    long decision =
        state.commandQueue().awaitsHost() ? state.commandQueue().awaiting() : state.stimulus();
    return new ReportHostOutcome(decision, log.drain());
  }

  /** StreamIDs whose devices are not on the HWPT that the state says. */
  public List<Integer> misplaced(VsmmuState state) {
    return state.devices().values().stream()
        .filter(
            device ->
                state.stream(device.streamId())
                    .filter(stream -> stream.hwpt() == placement.hwptOf(device))
                    .isEmpty())
        .map(DeviceState::streamId)
        .toList();
  }

  /**
   * Takes everything down, the users before what they use, and closes the host.
   *
   * @return how many objects were left that nobody had destroyed
   */
  public synchronized int dismantle() {
    stopReading();
    int left = 0;
    if (context != null && !space.shared(this)) {
      new TakeDown(context, log).everything();
      left = space.dismantle(log.highestId());
    }
    close();
    return left;
  }

  /** Kernel ids of everything that this vSMMU knows of. */
  Set<Integer> kernelIds() {
    return log.kernelIds();
  }

  /** This process ends; what is on the host stays for the next one. */
  public synchronized void abandon() {
    stopReading();
    space.abandon(this);
    context = null;
    adoptedVeventq = 0;
    log.forgetObjects();
    placement.clear();
  }

  /** Frees everything that only this vSMMU had. */
  @Override
  public synchronized void close() {
    stopReading();
    if (context != null) {
      // Also by the last one: a VMM may have the device's file too, and then closing ends nothing.
      new TakeDown(context, log).everything();
      space.leave(this);
      context = null;
    }
    adoptedVeventq = 0;
    log.forgetObjects();
    placement.clear();
  }

  /** The kernel keeps a vEVENTQ, and with it what it hangs on, while somebody waits for it. */
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
        case DeviceAttached attached -> bring(after, attached.streamId(), devices, streams, tried);
        case DeviceDetached detached -> {
          devices.detach(detached);
          freesShared = detached.freedShared();
        }
        case HardwareQueueAllocated allocated -> queues.allocate(allocated);
        case StreamConfigured configured -> {
          bring(after, configured.streamId(), devices, streams, tried);
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
   * The first device was refused, or the last one of a VMM left: what was made for all devices goes
   * too, as if none had come.
   */
  private void freeShared(IommuContext open, HostHandles shared) {
    stopReading();
    if (log.knows(shared.veventq())) {
      open.closeVeventq(log.kernelId(shared.veventq()));
    }
    for (long handle : shared.usersFirst()) {
      boolean ofTheVm = handle == shared.nestingParent() || handle == shared.ioas();
      if (!ofTheVm && log.knows(handle)) {
        log.gone(Kind.DESTROY, handle, -1, open.destroy(log.kernelId(handle)));
      }
    }
    // The stage 2 and the address space are the VM's, which frees them with their last user.
    close();
  }

  /**
   * Asks whether the devices of a VMM are attached where they were attached here. The VMM detaches
   * a device that it unplugs, and nothing tells. An HWPT that a device is attached to cannot be
   * destroyed, so that destroying it is the question; where several devices share it, it is
   * answered only when all of them are gone. Thread-safe.
   *
   * @return StreamIDs of those that are not; they are left as they are when they are detached
   */
  public synchronized Set<Integer> strayed() {
    Set<Integer> strayed = new HashSet<>();
    if (!(context instanceof VmmContext vmms)) {
      return strayed;
    }
    Set<Long> unused = new HashSet<>();
    for (DeviceState device : latest.devices().values()) {
      long hwpt = placement.hwptOf(device);
      if (log.knows(hwpt) && vmms.destroy(log.kernelId(hwpt)).isOk()) {
        unused.add(hwpt);
        replace(vmms, hwpt, device);
      }
      if (hwpt != 0 && (unused.contains(hwpt) || !log.knows(hwpt))) {
        strayed.add(device.streamId());
        vmms.forsake(log.kernelId(device.deviceHandle()));
      }
    }
    return strayed;
  }

  /**
   * A stream's own HWPT goes with its device. A proxy, which other devices will be attached to, is
   * made again under its id, by which the log and a later process know it.
   */
  private void replace(VmmContext vmms, long hwpt, DeviceState device) {
    HostHandles shared = latest.hostHandles();
    if (DevicePlacement.isNested(shared, hwpt)) {
      log.destroyedEarly(hwpt);
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
      log.madeAgain(hwpt, id);
    } else {
      log.forget(hwpt);
    }
  }

  private DeviceSteps devices(IommuContext open, VsmmuState state) {
    return new DeviceSteps(this, space, open, call, log, placement, state);
  }

  private StreamSteps streams(IommuContext open, VsmmuState state) {
    return new StreamSteps(open, call, log, placement, state);
  }

  private void readFaults(IommuContext open, VsmmuState state) {
    long veventq = state.hostHandles().veventq();
    if (reader == null && log.knows(veventq)) {
      int id = log.kernelId(veventq);
      faults.ifPresent(
          taker ->
              reader =
                  id == adoptedVeventq
                      ? FaultReader.resume(open, id, taker)
                      : FaultReader.start(open, id, taker));
    }
  }

  /** Brings a device to the host, once a decision: one that was refused may be let in now. */
  private static void bring(
      VsmmuState state,
      int streamId,
      DeviceSteps devices,
      StreamSteps streams,
      Set<Integer> tried) {
    DeviceState device = state.devices().get(streamId);
    if (device != null && tried.add(streamId) && !devices.attach(device)) {
      streams.absent(streamId);
    }
  }

  private void rebuild(IommuContext open, VsmmuState state, Optional<CommandsConsumed> pending) {
    if (space.resumed()) {
      new Adoption(this, space, open, log, placement).of(state);
      adoptedVeventq = log.kernelId(state.hostHandles().veventq());
    }
    restore(open, state, pending);
  }

  /** Only what is missing is made; a device that is where it should be stays there. */
  private void restore(IommuContext open, VsmmuState state, Optional<CommandsConsumed> pending) {
    state.devices().values().stream()
        .filter(device -> log.knows(device.deviceHandle()))
        .findFirst()
        .ifPresent(device -> call.learn(open, log.kernelId(device.deviceHandle())));
    DeviceSteps devices = devices(open, state);
    StreamSteps streams = streams(open, state);
    for (DeviceState device : state.devices().values()) {
      if (!devices.attach(device)) {
        streams.absent(device.streamId());
      }
    }
    streams.restore();
    streams.finish();
    new HardwareQueueSteps(open, log, state).restore();
    pending.ifPresent(slice -> new InvalidationRun(open, call, log, state).issue(slice));
    readFaults(open, state);
  }

  private HostResult<IommuContext> opened() {
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
      log.made(Kind.ALLOC_HW_QUEUE, handle, viommu, -1, HostResult.refused(errno));
    }
  }

  private void refused(DeviceState device, Errno errno) {
    log.done(
        Kind.BIND_DEVICE, device.deviceHandle(), 0, device.streamId(), HostResult.refused(errno));
  }
}
