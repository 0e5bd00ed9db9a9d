package io.vsmmu.control.replay;

import io.vsmmu.control.offline.ReplayHost;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies the recorded events to a fresh host and compares the operations with those of the log.
 * Kernel ids and durations are not compared, because every host has its own.
 */
public final class EventReplay extends LogReplay {

  private final ReplayHost host;
  private final boolean verify;

  /** The slice whose outcome the command queue waits for. */
  private @Nullable CommandsConsumed awaited;

  /** Outcomes of decisions that the log has not reported yet, by the decision's sequence. */
  private final Map<Long, List<HostOperation>> produced = new HashMap<>();

  /**
   * Decisions after which there was no device. If the service ended before it applied one of them,
   * its start made nothing and reported nothing.
   */
  private final Set<Long> withoutDevices = new HashSet<>();

  /**
   * Sequence of the first decision that is replayed; outcomes of earlier ones cannot be compared.
   */
  private long begun;

  /**
   * @param host a fresh one, which {@link #close} closes
   * @param verify whether operations are compared with the recorded ones
   */
  public EventReplay(ReplayHost host, boolean verify) {
    this.host = host;
    this.verify = verify;
  }

  @Override
  void decide(VsmmuState earlier, List<VsmmuEvent> events, VsmmuState later) {
    events.forEach(host::prepare);
    if (events.getFirst() instanceof PartImported) {
      // The objects of the state are made, as after a restart of the service.
      begun = later.events();
      host.objects()
          .rebuild(later, Optional.empty())
          .ifPresent(report -> performed(report.operations().size()));
      return;
    }
    if (events.getFirst() instanceof HostOutcomeReported recorded) {
      if (recorded.decision() < begun) {
        return;
      }
      if (isRecovery(recorded)) {
        recover(earlier, recorded);
      }
      compare(earlier.events(), recorded);
      return;
    }
    if (events.getFirst() instanceof CommandsConsumed slice && slice.awaitsHost()) {
      awaited = slice;
    }
    Optional<ReportHostOutcome> outcome = host.objects().apply(events, earlier.events(), later);
    outcome.ifPresent(
        report -> {
          performed(report.operations().size());
          produced.put(report.decision(), report.operations());
          if (later.devices().isEmpty()) {
            withoutDevices.add(report.decision());
          }
        });
  }

  /**
   * Whether the service was restarted here. It then binds or adopts devices again, for a decision
   * whose events ask for no binding, or for an attachment that it had not applied.
   */
  private boolean isRecovery(HostOutcomeReported recorded) {
    List<HostOperation> now = produced.get(recorded.decision());
    return adopts(recorded.operations())
        || (binds(recorded.operations()) && (now == null || !same(now, recorded.operations())));
  }

  private static boolean same(List<HostOperation> some, List<HostOperation> others) {
    return some.stream()
        .map(EventReplay::anyHost)
        .toList()
        .equals(others.stream().map(EventReplay::anyHost).toList());
  }

  private static boolean binds(List<HostOperation> operations) {
    return operations.stream().anyMatch(operation -> operation.kind() == Kind.BIND_DEVICE);
  }

  /** Whether the restarted service found the objects of the process before it. */
  private static boolean adopts(List<HostOperation> operations) {
    return operations.stream().anyMatch(operation -> operation.kind() == Kind.ADOPT_DEVICE);
  }

  private void recover(VsmmuState state, HostOutcomeReported recorded) {
    Optional<CommandsConsumed> pending =
        Optional.ofNullable(awaited).filter(slice -> state.commandQueue().awaitsHost());
    List<HostOperation> now =
        recovered(state, recorded, pending).map(ReportHostOutcome::operations).orElse(List.of());
    performed(now.size());
    // An attachment that differs may have been made at once: what it gave here says in what.
    produced.merge(
        recorded.decision(),
        now,
        (atOnce, again) -> binds(atOnce) && !same(again, recorded.operations()) ? atOnce : again);
  }

  private Optional<ReportHostOutcome> recovered(
      VsmmuState state, HostOutcomeReported recorded, Optional<CommandsConsumed> pending) {
    if (adopts(recorded.operations())) {
      return host.objects().adoptAgain(state, pending);
    }
    host.restart();
    return host.objects().rebuild(state, pending);
  }

  private void compare(long sequence, HostOutcomeReported recorded) {
    List<HostOperation> now = produced.remove(recorded.decision());
    if (!verify) {
      return;
    }
    if (now == null) {
      differs(sequence, OperationText.of(recorded.operations()), "nothing");
      return;
    }
    int common = Math.min(now.size(), recorded.operations().size());
    for (int i = 0; i < common; i++) {
      HostOperation before = anyHost(recorded.operations().get(i));
      HostOperation after = anyHost(now.get(i));
      if (!before.equals(after)) {
        differs(sequence, OperationText.of(before), OperationText.of(after));
        return;
      }
    }
    if (now.size() != recorded.operations().size()) {
      differs(sequence, OperationText.of(recorded.operations()), OperationText.of(now));
    }
  }

  @Override
  void end(VsmmuState last) {
    // The log may end before the outcome of its last decision was reported.
    produced.remove(last.stimulus());
    produced.remove(last.commandQueue().awaiting());
    produced.keySet().removeAll(withoutDevices);
    if (verify) {
      produced.forEach((decision, now) -> differs(decision, "no outcome", OperationText.of(now)));
      compareHost(last);
    }
  }

  /** Compares the objects on the host with those of the log. */
  private void compareHost(VsmmuState last) {
    host.objects()
        .misplaced(last)
        .forEach(
            streamId ->
                differs(
                    last.events() - 1,
                    "StreamID 0x%x on HWPT %d"
                        .formatted(
                            streamId, last.stream(streamId).map(StreamState::hwpt).orElse(0L)),
                    "its device is elsewhere"));
    int leaked = host.objects().dismantle();
    if (leaked > 0) {
      differs(last.events() - 1, "no object that the log does not name", leaked + " objects left");
    }
  }

  /** The operation without what differs between two hosts that do the same. */
  private static HostOperation anyHost(HostOperation o) {
    return new HostOperation(
        o.kind(),
        o.handle(),
        o.target(),
        o.streamId(),
        o.firstEntry(),
        o.entries(),
        0,
        o.errno(),
        o.failedEntry());
  }

  @Override
  public void close() {
    host.close();
  }
}
