package io.vsmmu.smmu.model;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.List;

/** The result of {@code decide}. */
public sealed interface Decision {

  /**
   * The stimulus is accepted.
   *
   * @param events the event that records the stimulus, then its consequences
   * @param after the state after the last of them
   */
  record Accepted(List<VsmmuEvent> events, VsmmuState after) implements Decision {
    public Accepted {
      events = List.copyOf(events);
    }
  }

  /** The stimulus is refused; nothing happened. Guest accesses are never refused. */
  record Refused(Problem problem) implements Decision {}

  /**
   * Whether the events of a decision need operations of the host, whose outcome must be reported.
   */
  static boolean concernsHost(List<VsmmuEvent> events) {
    return events.stream().anyMatch(Decision::concernsHost);
  }

  private static boolean concernsHost(VsmmuEvent event) {
    return switch (event) {
      case DeviceAttached _, DeviceDetached _ -> true;
      case HardwareQueueAllocated _, HardwareQueueFreed _ -> true;
      case HardwareQueueClosed closed -> closed.reason() != HardwareQueueClosed.Reason.HOST_REFUSED;
      case CommandsConsumed consumed -> consumed.awaitsHost();
      // After a failure the host's adapter has attached the abort proxy already.
      case StreamConfigured configured ->
          configured.hwpt() != 0 && configured.reason() != Reason.HOST_FAILURE;
      default -> false;
    };
  }
}
