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
 * The events of a span of sequences that a query may want, in its order: those of the blocks that
 * pass the sieve, and all of those that are not in the index yet, fewer than {@link
 * IndexSegment#EVENTS}. Lives as long as one query.
 */
final class CandidateEvents {

  /** Events fetched at first; more each time. */
  static final int LEAST = 2 * IndexSegment.BLOCK_EVENTS;

  /** Events fetched at once, at most. */
  static final int MOST = 1024;

  /** Segments that one look into the index spans. */
  static final int SEGMENTS = 512;

  private final EventLog log;
  private final BlockIndex sieve;
  private final int vsmmu;
  private final List<Collection<IndexKey>> demands;
  private final boolean ascending;
  private final long indexed;
  private final Deque<Span> blocks = new ArrayDeque<>();
  private Span rest;
  private int fetch = LEAST;

  /**
   * @param demands an event is wanted only if it has, of each of them, one of the keys; none wants
   *     every event
   */
  CandidateEvents(
      EventLog log,
      BlockIndex sieve,
      int vsmmu,
      List<Collection<IndexKey>> demands,
      Span sequences,
      boolean ascending) {
    this.log = log;
    this.sieve = sieve;
    this.vsmmu = vsmmu;
    this.demands = List.copyOf(demands);
    this.rest = sequences;
    this.ascending = ascending;
    this.indexed = demands.isEmpty() ? 0 : sieve.segments(vsmmu) * IndexSegment.EVENTS;
  }

  /**
   * The next ones, at most {@link #MOST}; none at the end of the span.
   *
   * @param wanted how many events the query wants still
   */
  List<LogEvent> next(int wanted) {
    int most = demands.isEmpty() ? Math.min(wanted, MOST) : fetch;
    fetch = Math.min(2 * fetch, MOST);
    List<Span> spans = new ArrayList<>();
    long count = 0;
    while (count < most && look()) {
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

  /** Looks for the next blocks if there are none; false at the end. */
  private boolean look() {
    while (blocks.isEmpty() && !rest.empty()) {
      Span part = part();
      rest =
          ascending
              ? new Span(part.last() + 1, rest.last())
              : new Span(rest.first(), part.first() - 1);
      if (demands.isEmpty() || part.first() >= indexed) {
        blocks.add(part);
      } else {
        for (Span found : sieve.blocks(vsmmu, demands, segments(part))) {
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

  /** What is looked at next of the rest: a part of the index, or all that is not in it. */
  private Span part() {
    long reach = (long) SEGMENTS * IndexSegment.EVENTS;
    if (demands.isEmpty()) {
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
