package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Events of a vSMMU, what caused them and what they caused. */
public final class EventQueries {

  /** Events that one page of a filtered list looks at, at most. */
  public static final int EVENTS_PER_PAGE = 65_536;

  /** Events in a chain of causes. */
  public static final int MOST_CAUSES = 1000;

  private final EventLog log;
  private final SequenceSpans places;
  private final BlockIndex sieve;
  private final Effects effects;

  public EventQueries(DataSource dataSource, EventLog log) {
    Tables tables = new Tables(dataSource);
    this.log = log;
    this.places = new SequenceSpans(log);
    this.sieve = new BlockIndex(tables);
    this.effects = new Effects(log, tables);
  }

  /** A page of the events that a filter wants. */
  public Page<EventItem> events(int vsmmu, EventFilter filter, Keyset keyset) {
    Span sequences = places.sequences(vsmmu, filter.from(), filter.to());
    Span span = places.rest(vsmmu, sequences, keyset);
    CandidateEvents candidates =
        new CandidateEvents(
            log, sieve, vsmmu, IndexConditions.of(filter), span, keyset.ascending());
    CausePositions causes = new CausePositions(log);
    List<LogEvent> found = new ArrayList<>();
    int looked = 0;
    while (true) {
      List<LogEvent> chunk = candidates.next(keyset.limit() - found.size());
      if (chunk.isEmpty()) {
        return Page.end(causes.items(found));
      }
      for (LogEvent event : chunk) {
        causes.seen(event);
        if (filter.matches(event)) {
          found.add(event);
          if (found.size() == keyset.limit()) {
            return Page.upTo(event.position(), causes.items(found));
          }
        }
      }
      looked += chunk.size();
      if (looked >= EVENTS_PER_PAGE) {
        return Page.cut(
            chunk.getLast().position(), causes.items(found), ShortPageReason.SEARCH_LIMIT);
      }
    }
  }

  /** The event at a position, if it is one of this vSMMU. */
  public Optional<EventItem> event(int vsmmu, long position) {
    return stored(vsmmu, position).map(event -> new CausePositions(log).item(new LogEvent(event)));
  }

  /**
   * What caused an event: its cause first, the root last; at most {@link #MOST_CAUSES}. Empty if
   * this vSMMU has no event there.
   */
  public Optional<List<EventItem>> causes(int vsmmu, long position) {
    return stored(vsmmu, position).map(this::chain);
  }

  /**
   * Everything that an event caused, directly or not, oldest first; at most {@link
   * Effects#MOST_EFFECTS}. Empty if this vSMMU has no event there.
   */
  public Optional<List<EventItem>> effects(int vsmmu, long position) {
    return stored(vsmmu, position).map(event -> effects.of(new LogEvent(event)));
  }

  private List<EventItem> chain(StoredEvent event) {
    List<EventItem> chain = new ArrayList<>();
    CausePositions causes = new CausePositions(log);
    @Nullable Long cause = event.cause();
    while (cause != null && chain.size() < MOST_CAUSES) {
      OptionalLong position = log.positionOf(event.vsmmuId(), cause);
      Optional<StoredEvent> found =
          position.isPresent() ? log.find(position.getAsLong()) : Optional.empty();
      if (found.isEmpty()) {
        break;
      }
      chain.add(causes.item(new LogEvent(found.get())));
      // A cause lies before its effect; anything else would go round for ever.
      Long next = found.get().cause();
      cause = next != null && next < cause ? next : null;
    }
    return chain;
  }

  private Optional<StoredEvent> stored(int vsmmu, long position) {
    return log.find(position).filter(event -> event.vsmmuId() == vsmmu);
  }
}
