package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.travel.LogEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
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
