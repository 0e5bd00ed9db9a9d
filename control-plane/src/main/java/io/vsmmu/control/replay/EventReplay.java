package io.vsmmu.control.replay;

import io.vsmmu.control.run.RunHost;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Applies the recorded events to a fresh host; the operations must be those of the log. Kernel ids
 * do not count: every host has its own.
 */
public final class EventReplay extends LogReplay {

  private final RunHost host;
  private final boolean verify;

  /** The slice whose outcome the command queue waits for. */
  private @Nullable CommandsConsumed awaited;

  /** Outcomes of decisions that the log has not reported yet, by the decision's sequence. */
  private final Map<Long, List<HostOperation>> produced = new HashMap<>();

  /**
   * @param host a fresh one; closed with this
   * @param verify whether operations are compared with the recorded ones
   */
  public EventReplay(RunHost host, boolean verify) {
    this.host = host;
    this.verify = verify;
  }

  @Override
  void decide(VsmmuState earlier, List<VsmmuEvent> events, VsmmuState later) {
    events.forEach(host::learn);
    if (events.getFirst() instanceof HostOutcomeReported recorded) {
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
        });
  }

  /**
   * A restart binds devices again, in the name of a decision that asked for nothing of the kind.
   */
  private boolean isRecovery(HostOutcomeReported recorded) {
    List<HostOperation> now = produced.get(recorded.decision());
    return adopts(recorded.operations())
        || (binds(recorded.operations()) && (now == null || !binds(now)));
  }

  private static boolean binds(List<HostOperation> operations) {
    return operations.stream().anyMatch(operation -> operation.kind() == Kind.BIND_DEVICE);
  }

  /** The restart found what was there before. */
  private static boolean adopts(List<HostOperation> operations) {
    return operations.stream().anyMatch(operation -> operation.kind() == Kind.ADOPT_DEVICE);
  }

  private void recover(VsmmuState state, HostOutcomeReported recorded) {
    Optional<CommandsConsumed> pending =
        Optional.ofNullable(awaited).filter(slice -> state.commandQueue().awaitsHost());
    List<HostOperation> now =
        recovered(state, recorded, pending).map(ReportHostOutcome::operations).orElse(List.of());
    performed(now.size());
    produced.put(recorded.decision(), now);
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
    // What the newest decision asked for may be on its way to the host.
    produced.remove(last.stimulus());
    produced.remove(last.commandQueue().awaiting());
    if (verify) {
      produced.forEach((decision, now) -> differs(decision, "no outcome", OperationText.of(now)));
      compareHost(last);
    }
  }

  /** What the host holds now is what the log says, and nothing else. */
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
