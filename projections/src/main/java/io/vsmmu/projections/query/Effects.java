package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.EffectIndex;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds all direct and indirect effects of an event. Most follow within {@link EffectIndex#NEAR}
 * sequences of their cause and are found by reading on; the others are in the table {@code
 * far_effect}.
 */
final class Effects {

  /** Most effects of one result; the list ends with fewer than all if there are more. */
  static final int MOST_EFFECTS = 1000;

  private final EventLog log;
  private final Tables tables;

  Effects(EventLog log, Tables tables) {
    this.log = log;
    this.tables = tables;
  }

  /** The effects of an event, in the order of sequences. */
  List<EventItem> of(LogEvent root) {
    Map<Long, LogEvent> found = new HashMap<>(Map.of(root.sequence(), root));
    TreeSet<Long> far = new TreeSet<>(farEffects(root));
    List<EventItem> items = new ArrayList<>();
    CausePositions causes = new CausePositions(log);
    causes.seen(root);
    long sequence = root.sequence() + 1;
    long lastCause = root.sequence();
    while (items.size() < MOST_EFFECTS) {
      if (sequence > lastCause + EffectIndex.NEAR) {
        Long next = far.higher(sequence - 1);
        if (next == null) {
          break;
        }
        sequence = next;
      }
      List<StoredEvent> page = log.readPage(root.vsmmu(), sequence, EffectIndex.NEAR);
      for (StoredEvent stored : page) {
        LogEvent cause = stored.cause() == null ? null : found.get(stored.cause());
        if (cause == null || items.size() == MOST_EFFECTS) {
          continue;
        }
        LogEvent effect = new LogEvent(stored);
        boolean ofRoot = cause == root || passesOn(cause, effect);
        if (effect.cause() != null && ofRoot) {
          found.put(effect.sequence(), effect);
          far.addAll(farEffects(effect));
          causes.seen(effect);
          items.add(causes.item(effect));
          lastCause = effect.sequence();
        }
      }
      if (page.isEmpty()) {
        break;
      }
      sequence = page.getLast().sequence() + 1;
    }
    return items;
  }

  /**
   * Whether what caused an event also caused the event's effect. The outcome of a restart that ends
   * a slice is caused by the slice because of the invalidations that are issued again, whose
   * refusal stops the command queue; all else that follows from it is caused by the restart.
   */
  static boolean passesOn(LogEvent event, LogEvent effect) {
    return !event.ofRestart() || effect.typeNumber() == EventKind.COMMAND_QUEUE_FAILED.number();
  }

  private List<Long> farEffects(LogEvent cause) {
    return tables.query(
        "SELECT sequence FROM far_effect WHERE vsmmu = ? AND cause = ? ORDER BY sequence LIMIT "
            + MOST_EFFECTS,
        row -> row.getLong(1),
        cause.vsmmu(),
        cause.sequence());
  }
}
