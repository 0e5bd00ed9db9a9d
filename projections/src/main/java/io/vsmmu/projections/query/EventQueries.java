package io.vsmmu.projections.query;

import static io.vsmmu.projections.query.Keyset.Order.NEWEST_FIRST;
import static io.vsmmu.projections.query.Keyset.Order.OLDEST_FIRST;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Queries for the events of a vSMMU, for what caused an event, and for what an event caused. A
 * vSMMU is given by its number. Thread-safe.
 */
public final class EventQueries {

  /**
   * Number of events examined after which a page ends early, with {@link
   * ShortPageReason#SEARCH_LIMIT}.
   */
  public static final int EVENTS_PER_PAGE = 65_536;

  /** Most events in a chain of causes. */
  public static final int MOST_CAUSES = 1000;

  private final EventLog log;
  private final SequenceSpans spans;
  private final BlockIndex index;
  private final Effects effects;

  public EventQueries(DataSource dataSource, EventLog log) {
    Tables tables = new Tables(dataSource);
    this.log = log;
    this.spans = new SequenceSpans(log);
    this.index = new BlockIndex(tables);
    this.effects = new Effects(log, tables);
  }

  /** A page of the events that a filter selects. */
  public Page<EventItem> events(int vsmmu, EventFilter filter, Keyset keyset) {
    Span sequences = spans.sequences(vsmmu, filter.from(), filter.to());
    Span span = spans.rest(vsmmu, sequences, keyset);
    CandidateEvents candidates =
        new CandidateEvents(
            log, index, vsmmu, IndexConditions.of(filter), span, keyset.ascending());
    CausePositions causes = new CausePositions(log);
    List<LogEvent> found = new ArrayList<>();
    int examined = 0;
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
      examined += chunk.size();
      if (examined >= EVENTS_PER_PAGE) {
        return Page.cut(
            chunk.getLast().position(), causes.items(found), ShortPageReason.SEARCH_LIMIT);
      }
    }
  }

  /**
   * The events around a point: half of them up to it, the others behind it, and more of one side
   * where the other has fewer.
   *
   * @param limit number of items, 1 to {@link Keyset#MOST_ITEMS}
   */
  public EventWindow around(int vsmmu, EventFilter filter, LogPoint point, int limit) {
    long behind = spans.positionBehind(vsmmu, point);
    Page<EventItem> later = events(vsmmu, filter, new Keyset(after(behind), limit, OLDEST_FIRST));
    int wanted = Math.max((limit + 1) / 2, limit - later.items().size());
    EventWindow earlier = before(vsmmu, filter, behind, wanted);
    int room = limit - earlier.items().size();
    List<EventItem> items = new ArrayList<>(earlier.items());
    items.addAll(later.items().subList(0, Math.min(room, later.items().size())));
    OptionalLong at =
        earlier.items().isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(earlier.items().getLast().position());
    boolean whole = items.size() == earlier.items().size() + later.items().size();
    OptionalLong next =
        whole || items.isEmpty() ? later.next() : OptionalLong.of(items.getLast().position());
    ShortPageReason reason =
        earlier.shortReason() == null && whole ? later.shortReason() : earlier.shortReason();
    return new EventWindow(items, earlier.previous(), next, at, reason);
  }

  /** The position after which the events from {@code position} on begin. */
  private static OptionalLong after(long position) {
    return OptionalLong.of(position - 1);
  }

  /**
   * The last events before a position.
   *
   * @param limit number of items, 1 to {@link Keyset#MOST_ITEMS}
   */
  public EventWindow before(int vsmmu, EventFilter filter, long position, int limit) {
    Page<EventItem> page =
        events(vsmmu, filter, new Keyset(OptionalLong.of(position), limit, NEWEST_FIRST));
    OptionalLong next =
        page.items().isEmpty()
            ? OptionalLong.of(position - 1)
            : OptionalLong.of(page.items().getFirst().position());
    return new EventWindow(
        page.items().reversed(), page.next(), next, OptionalLong.empty(), page.shortReason());
  }

  /**
   * The point of a vSMMU's log that has a fraction of its events before it; the newest event if
   * there is none.
   *
   * @param fraction from 0, the first event, to 1, the newest one
   */
  public LogPoint atFraction(int vsmmu, double fraction) {
    OptionalLong first = log.firstSequence(vsmmu);
    OptionalLong last = log.lastSequence(vsmmu);
    if (first.isEmpty() || last.isEmpty()) {
      return LogPoint.HEAD;
    }
    long behind = Math.round(fraction * (double) (last.getAsLong() - first.getAsLong()));
    OptionalLong position = log.positionOf(vsmmu, first.getAsLong() + behind);
    return position.isPresent() ? LogPoint.position(position.getAsLong()) : LogPoint.HEAD;
  }

  /** The event at a position; empty if there is none or it belongs to another vSMMU. */
  public Optional<EventItem> event(int vsmmu, long position) {
    return stored(vsmmu, position).map(event -> new CausePositions(log).item(new LogEvent(event)));
  }

  /**
   * The chain of causes of an event: its direct cause first, the root last, at most {@link
   * #MOST_CAUSES}. Empty if this vSMMU has no event at the position.
   */
  public Optional<List<EventItem>> causes(int vsmmu, long position) {
    return stored(vsmmu, position).map(this::chain);
  }

  /**
   * All direct and indirect effects of an event, oldest first, at most {@link
   * Effects#MOST_EFFECTS}. Empty if this vSMMU has no event at the position.
   */
  public Optional<List<EventItem>> effects(int vsmmu, long position) {
    return stored(vsmmu, position).map(event -> effects.of(new LogEvent(event)));
  }

  private List<EventItem> chain(StoredEvent event) {
    List<EventItem> chain = new ArrayList<>();
    CausePositions causes = new CausePositions(log);
    LogEvent effect = new LogEvent(event);
    @Nullable Long cause = effect.cause();
    while (cause != null && chain.size() < MOST_CAUSES) {
      OptionalLong position = log.positionOf(event.vsmmuId(), cause);
      Optional<StoredEvent> found =
          position.isPresent() ? log.find(position.getAsLong()) : Optional.empty();
      if (found.isEmpty()) {
        break;
      }
      LogEvent causing = new LogEvent(found.get());
      chain.add(causes.item(causing));
      // A cause precedes its effect. A tampered log could otherwise lead in circles.
      Long next = Effects.passesOn(causing, effect) ? causing.cause() : null;
      cause = next != null && next < cause ? next : null;
      effect = causing;
    }
    return chain;
  }

  private Optional<StoredEvent> stored(int vsmmu, long position) {
    return log.find(position).filter(event -> event.vsmmuId() == vsmmu);
  }
}
