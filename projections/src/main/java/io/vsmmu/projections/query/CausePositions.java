package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.travel.LogEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the positions of events' causes. Most causes are among the events that the query has just
 * read, so these are remembered and the others looked up together. For one query; not thread-safe.
 */
final class CausePositions {

  private final EventLog log;
  private final Map<Long, Long> positions = new HashMap<>();

  CausePositions(EventLog log) {
    this.log = log;
  }

  /** Remembers the position of an event. */
  void seen(LogEvent event) {
    positions.put(event.sequence(), event.position());
  }

  /** The event with the position of its cause. */
  EventItem item(LogEvent event) {
    return new EventItem(event, of(event.vsmmu(), event.cause()));
  }

  /** Events of one vSMMU with the positions of their causes, which are looked up together. */
  List<EventItem> items(List<LogEvent> events) {
    lookUp(events);
    return events.stream().map(this::item).toList();
  }

  /** Looks up the causes of events of one vSMMU that are not remembered. */
  void lookUp(List<LogEvent> events) {
    Set<Long> missing = new TreeSet<>();
    for (LogEvent event : events) {
      seen(event);
      Long cause = event.cause();
      if (cause != null) {
        missing.add(cause);
      }
    }
    missing.removeAll(positions.keySet());
    if (!missing.isEmpty()) {
      positions.putAll(log.positionsOf(events.getFirst().vsmmu(), missing));
    }
  }

  /**
   * Position of the event with the sequence {@code cause}; null if that is null or not in the log.
   */
  @Nullable Long of(int vsmmu, @Nullable Long cause) {
    if (cause == null) {
      return null;
    }
    Long known = positions.get(cause);
    if (known != null) {
      return known;
    }
    OptionalLong found = log.positionOf(vsmmu, cause);
    if (found.isEmpty()) {
      return null;
    }
    positions.put(cause, found.getAsLong());
    return found.getAsLong();
  }
}
