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
 * Which CMD_SYNCs with CS=SIG_IRQ are complete: those in front of CMDQ_CONS (IHI 0070, 4.7.3). The
 * slice they stand in may still wait for the host.
 */
final class PendingSyncs {

  private record Waiting(int index, SmmuCommand.Sync sync) {}

  private final List<Waiting> waiting = new ArrayList<>();

  /** Takes the next events; the syncs that they complete, in order. */
  List<SmmuCommand.Sync> completedBy(List<VsmmuEvent> events) {
    List<SmmuCommand.Sync> completed = new ArrayList<>();
    for (VsmmuEvent event : events) {
      switch (event) {
        case CommandsConsumed consumed -> {
          waiting.addAll(syncs(consumed));
          if (!consumed.awaitsHost()) {
            complete(Integer.MAX_VALUE, completed);
          }
        }
        case CommandQueueFailed failed -> {
          complete(failed.entry(), completed);
          waiting.clear();
        }
        case HostOutcomeReported outcome -> {
          if (outcome.completes() && !stops(events)) {
            complete(Integer.MAX_VALUE, completed);
          }
        }
        case VsmmuReset _ -> waiting.clear();
        default -> {}
      }
    }
    return completed;
  }

  private static boolean stops(List<VsmmuEvent> events) {
    return events.stream().anyMatch(CommandQueueFailed.class::isInstance);
  }

  private void complete(int before, List<SmmuCommand.Sync> completed) {
    waiting.stream().filter(w -> w.index() < before).map(Waiting::sync).forEach(completed::add);
    waiting.removeIf(w -> w.index() < before);
  }

  private static List<Waiting> syncs(CommandsConsumed consumed) {
    List<Waiting> found = new ArrayList<>();
    for (int i = 0; i < consumed.consumed(); i++) {
      CommandEntry entry = consumed.entries().get(i);
      if (entry.opcode() == CommandOpcode.SYNC.code()
          && SmmuCommand.decode(entry) instanceof SmmuCommand.Sync sync
          && sync.cs() == SmmuCommand.Sync.CS_IRQ) {
        found.add(new Waiting(i, sync));
      }
    }
    return found;
  }
}
