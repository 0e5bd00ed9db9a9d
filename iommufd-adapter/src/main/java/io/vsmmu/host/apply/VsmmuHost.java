package io.vsmmu.host.apply;

import io.vsmmu.host.Errno;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vSMMU's objects on one host. Not safe for several threads: a vSMMU's session applies its
 * decisions one after the other.
 *
 * <p>A decision's events are applied after they are durable. What the host refuses is part of the
 * outcome, never an exception; a stream whose configuration fails ends on the abort proxy.
 */
public final class VsmmuHost implements AutoCloseable {

  private final HostIommu host;
  private final OperationLog log = new OperationLog();
  private final DevicePlacement placement = new DevicePlacement();
  private @Nullable IommuContext context;

  /** A vSMMU without objects yet; the host is opened with the first device. */
  public VsmmuHost(HostIommu host) {
    this.host = host;
  }

  /**
   * Applies the events of one decision.
   *
   * @param events as {@code decide} gave them
   * @param sequence of the first of them
   * @param after the state after the last of them
   * @return what to report; empty when nothing concerned the host
   */
  public Optional<ReportHostOutcome> apply(
      List<VsmmuEvent> events, long sequence, VsmmuState after) {
    if (events.getFirst() instanceof VsmmuDeleted) {
      close();
      return Optional.empty();
    }
    if (!new Decision.Accepted(events, after).concernsHost()) {
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
  public Optional<ReportHostOutcome> rebuild(VsmmuState state, Optional<CommandsConsumed> pending) {
    close();
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
    long decision =
        state.commandQueue().awaitsHost() ? state.commandQueue().awaiting() : state.stimulus();
    return Optional.of(new ReportHostOutcome(decision, log.drain()));
  }

  /** Frees everything; the kernel forgets what this vSMMU had. */
  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
    log.forgetObjects();
    placement.clear();
  }

  private void apply(IommuContext open, List<VsmmuEvent> events, VsmmuState after) {
    DeviceSteps devices = new DeviceSteps(open, log, placement, after);
    StreamSteps streams = new StreamSteps(open, log, placement, after);
    Set<Integer> tried = new HashSet<>();
    for (VsmmuEvent event : events) {
      switch (event) {
        case DeviceAttached attached -> bring(after, attached.streamId(), devices, streams, tried);
        case DeviceDetached detached -> devices.detach(detached);
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
      new InvalidationRun(open, log, after).issue(consumed);
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
    DeviceSteps devices = new DeviceSteps(open, log, placement, state);
    StreamSteps streams = new StreamSteps(open, log, placement, state);
    for (DeviceState device : state.devices().values()) {
      if (!devices.attach(device)) {
        streams.absent(device.streamId());
      }
    }
    streams.restore();
    streams.finish();
    pending.ifPresent(slice -> new InvalidationRun(open, log, state).issue(slice));
  }

  private HostResult<IommuContext> opened() {
    if (context != null) {
      return HostResult.ok(context);
    }
    HostResult<IommuContext> result = host.open();
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
  }

  private void refused(DeviceState device, Errno errno) {
    log.done(
        Kind.BIND_DEVICE, device.deviceHandle(), 0, device.streamId(), HostResult.refused(errno));
  }
}
