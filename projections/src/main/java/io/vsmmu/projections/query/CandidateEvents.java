package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.model.IndexKey;
import io.vsmmu.projections.model.IndexSegment;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The events that a query must examine, in its order: those of the blocks that the index selects,
 * and all of those that are not in the index yet, fewer than {@link IndexSegment#EVENTS}. An
 * iterator for one query; not thread-safe.
 */
final class CandidateEvents {

  /** Events fetched first; the number doubles with each fetch. */
  static final int LEAST = 2 * IndexSegment.BLOCK_EVENTS;

  /** Largest number of events that one fetch asks for. */
  static final int MOST = 1024;

  /** Number of segments that one query of the index covers. */
  static final int SEGMENTS = 512;

  private final EventLog log;
  private final BlockIndex index;
  private final int vsmmu;
  private final List<Collection<IndexKey>> conditions;
  private final boolean ascending;

  /** First sequence that is not in the index. */
  private final long indexed;

  /** Selected events that were not fetched yet, in the query's order. */
  private final Deque<Span> blocks = new ArrayDeque<>();

  /** Sequences for which the index was not queried yet. */
  private Span rest;

  private int fetch = LEAST;

  /**
   * Begins at one end of a span.
   *
   * @param demands conditions: an event is wanted only if it has, for each of them, one of its
   *     keys. Without conditions every event is wanted, and the index is not used.
   * @param sequences the span, both ends included
   */
  CandidateEvents(
      EventLog log,
      BlockIndex index,
      int vsmmu,
      List<Collection<IndexKey>> conditions,
      Span sequences,
      boolean ascending) {
    this.log = log;
    this.index = index;
    this.vsmmu = vsmmu;
    this.conditions = List.copyOf(conditions);
    this.rest = sequences;
    this.ascending = ascending;
    this.indexed = conditions.isEmpty() ? 0 : index.segments(vsmmu) * IndexSegment.EVENTS;
  }

  /**
   * The next events, at most {@link #MOST}; an empty list at the end of the span.
   *
   * @param wanted number of events that the query still wants
   */
  List<LogEvent> next(int wanted) {
    int most = conditions.isEmpty() ? Math.min(wanted, MOST) : fetch;
    fetch = Math.min(2 * fetch, MOST);
    List<Span> spans = new ArrayList<>();
    long count = 0;
    while (count < most && fill()) {
      Span span = blocks.removeFirst();
      long left = most - count;
      long length = span.last() - span.first() + 1;
      if (length > left) {
        Span later =
            ascending
                ? new Span(span.first() + left, span.last())
                : new Span(span.first(), span.last() - left);
        blocks.addFirst(later);
        span =
            ascending
                ? new Span(span.first(), span.first() + left - 1)
                : new Span(span.last() - left + 1, span.last());
      }
      spans.add(span);
      count += Math.min(length, left);
    }
    return events(spans);
  }

  /** Queries the index for the next blocks if none are left; false at the end of the span. */
  private boolean fill() {
    while (blocks.isEmpty() && !rest.empty()) {
      Span part = part();
      rest =
          ascending
              ? new Span(part.last() + 1, rest.last())
              : new Span(rest.first(), part.first() - 1);
      if (conditions.isEmpty() || part.first() >= indexed) {
        blocks.add(part);
      } else {
        for (Span found : index.blocks(vsmmu, conditions, segments(part))) {
          Span clipped =
              new Span(Math.max(found.first(), part.first()), Math.min(found.last(), part.last()));
          if (!clipped.empty()) {
            if (ascending) {
              blocks.addLast(clipped);
            } else {
              blocks.addFirst(clipped);
            }
          }
        }
      }
    }
    return !blocks.isEmpty();
  }

  /**
   * The next part of {@link #rest}: as much of it as one query of the index covers, or all of it
   * that is not in the index.
   */
  private Span part() {
    long reach = (long) SEGMENTS * IndexSegment.EVENTS;
    if (conditions.isEmpty()) {
      return rest;
    }
    if (ascending) {
      return rest.first() >= indexed
          ? rest
          : new Span(
              rest.first(), Math.min(Math.min(rest.last(), indexed - 1), rest.first() + reach - 1));
    }
    return rest.last() >= indexed
        ? new Span(Math.max(rest.first(), indexed), rest.last())
        : new Span(Math.max(rest.first(), rest.last() - reach + 1), rest.last());
  }

  private static Span segments(Span sequences) {
    return new Span(
        sequences.first() / IndexSegment.EVENTS, sequences.last() / IndexSegment.EVENTS);
  }

  private List<LogEvent> events(List<Span> spans) {
    List<LogEvent> events = new ArrayList<>();
    if (spans.size() == 1) {
      Span only = spans.getFirst();
      int count = (int) (only.last() - only.first() + 1);
      log.readPage(vsmmu, only.first(), count).forEach(stored -> events.add(new LogEvent(stored)));
    } else if (!spans.isEmpty()) {
      List<Long> sequences = new ArrayList<>();
      for (Span span : spans) {
        for (long sequence = span.first(); sequence <= span.last(); sequence++) {
          sequences.add(sequence);
        }
      }
      log.readSequences(vsmmu, sequences).forEach(stored -> events.add(new LogEvent(stored)));
    }
    return ascending ? events : events.reversed();
  }
}
