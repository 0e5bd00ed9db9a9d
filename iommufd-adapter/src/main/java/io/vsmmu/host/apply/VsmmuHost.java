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
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.List;
import java.util.Optional;
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
    IommuContext open = context != null ? context : open(events).orElse(null);
    if (open != null) {
      apply(open, events, after);
    }
    return outcome(sequence);
  }

  /**
   * Makes a host hold what the log says: after a restart, on a fresh descriptor.
   *
   * @param pending the slice whose outcome was never recorded; its invalidations are issued again
   * @return what to report; empty when the state has no devices
   */
  public Optional<ReportHostOutcome> rebuild(VsmmuState state, Optional<CommandsConsumed> pending) {
    if (state.devices().isEmpty()) {
      return Optional.empty();
    }
    IommuContext open = context != null ? context : open(List.of()).orElse(null);
    if (open != null) {
      DeviceSteps devices = new DeviceSteps(open, log, state);
      for (DeviceState device : state.devices().values()) {
        devices.attach(device.streamId(), device.device().address(), device);
      }
      new StreamSteps(open, log, state).restore();
      pending.ifPresent(slice -> new InvalidationRun(open, log, state).issue(slice));
    }
    long decision =
        state.commandQueue().awaitsHost() ? state.commandQueue().awaiting() : state.stimulus();
    return outcome(decision);
  }

  /** Frees everything; the kernel forgets what this vSMMU had. */
  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }

  private void apply(IommuContext open, List<VsmmuEvent> events, VsmmuState after) {
    StreamSteps streams = new StreamSteps(open, log, after);
    for (VsmmuEvent event : events) {
      switch (event) {
        case DeviceAttached attached -> {
          DeviceSteps devices = new DeviceSteps(open, log, after);
          if (!devices.attach(attached)) {
            return;
          }
        }
        case DeviceDetached detached -> new DeviceSteps(open, log, after).detach(detached);
        case StreamConfigured configured -> streams.configure(configured);
        default -> {}
      }
    }
    streams.finish();
    if (events.getFirst() instanceof CommandsConsumed consumed) {
      new InvalidationRun(open, log, after).issue(consumed);
    }
  }

  private Optional<IommuContext> open(List<VsmmuEvent> events) {
    HostResult<IommuContext> result = host.open();
    if (result instanceof HostResult.Ok<IommuContext>(IommuContext open)) {
      context = open;
      return Optional.of(open);
    }
    Errno errno = result.refusal().orElse(Errno.UNKNOWN);
    int streamId =
        events.stream()
            .filter(StreamConfigured.class::isInstance)
            .map(event -> ((StreamConfigured) event).streamId())
            .findFirst()
            .orElse(-1);
    log.done(Kind.BIND_DEVICE, 0, 0, streamId, HostResult.refused(errno));
    return Optional.empty();
  }

  private Optional<ReportHostOutcome> outcome(long decision) {
    List<HostOperation> operations = log.drain();
    return Optional.of(new ReportHostOutcome(decision, operations));
  }
}
