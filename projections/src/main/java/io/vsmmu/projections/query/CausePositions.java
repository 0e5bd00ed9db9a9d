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

/** Positions of causes; most lie among the events just seen. Lives as long as one query. */
final class CausePositions {

  private final EventLog log;
  private final Map<Long, Long> positions = new HashMap<>();

  CausePositions(EventLog log) {
    this.log = log;
  }

  /** Remembers where an event lies. */
  void seen(LogEvent event) {
    positions.put(event.sequence(), event.position());
  }

  EventItem item(LogEvent event) {
    return new EventItem(event, of(event.vsmmu(), event.cause()));
  }

  /** Events of one vSMMU with their causes; those not seen yet are looked up at once. */
  List<EventItem> items(List<LogEvent> events) {
    lookUp(events);
    return events.stream().map(this::item).toList();
  }

  /** Looks up the causes of events of one vSMMU that were not seen yet. */
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
