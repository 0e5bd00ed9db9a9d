package io.vsmmu.gateway.device;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.SmmuCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the CMD_SYNCs with CS=SIG_IRQ that are complete, in order: those before CMDQ_CONS (IHI
 * 0070, 4.7.3). Those of a slice that waits for the host stay pending until its outcome is known.
 */
final class PendingSyncs {

  /**
   * A CMD_SYNC that is not complete.
   *
   * @param index in its slice
   */
  private record PendingSync(int index, SmmuCommand.Sync sync) {}

  private final List<PendingSync> pending = new ArrayList<>();

  /** The CMD_SYNCs that the next events complete, in order. */
  List<SmmuCommand.Sync> completedBy(List<VsmmuEvent> events) {
    List<SmmuCommand.Sync> completed = new ArrayList<>();
    for (VsmmuEvent event : events) {
      switch (event) {
        case CommandsConsumed consumed -> {
          pending.addAll(syncs(consumed));
          if (!consumed.awaitsHost()) {
            complete(Integer.MAX_VALUE, completed);
          }
        }
        case CommandQueueFailed failed -> {
          complete(failed.entry(), completed);
          pending.clear();
        }
        case HostOutcomeReported outcome -> {
          if (outcome.completes() && !stops(events)) {
            complete(Integer.MAX_VALUE, completed);
          }
        }
        case VsmmuReset _ -> pending.clear();
        default -> {}
      }
    }
    return completed;
  }

  private static boolean stops(List<VsmmuEvent> events) {
    return events.stream().anyMatch(CommandQueueFailed.class::isInstance);
  }

  private void complete(int before, List<SmmuCommand.Sync> completed) {
    pending.stream().filter(w -> w.index() < before).map(PendingSync::sync).forEach(completed::add);
    pending.removeIf(w -> w.index() < before);
  }

  private static List<PendingSync> syncs(CommandsConsumed consumed) {
    List<PendingSync> found = new ArrayList<>();
    for (int i = 0; i < consumed.consumed(); i++) {
      CommandEntry entry = consumed.entries().get(i);
      if (entry.opcode() == CommandOpcode.SYNC.code()
          && SmmuCommand.decode(entry) instanceof SmmuCommand.Sync sync
          && sync.cs() == SmmuCommand.Sync.CS_IRQ) {
        found.add(new PendingSync(i, sync));
      }
    }
    return found;
  }
}
