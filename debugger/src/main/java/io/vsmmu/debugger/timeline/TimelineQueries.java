package io.vsmmu.debugger.timeline;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.query.SequenceSpans;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Queries for timelines. Counts are exact: blocks of events that lie within one bucket are added as
 * a whole, and those that a boundary divides event by event. A query reads a number of rows that
 * grows with a thousandth of the log's length, and the events of at most one block more than there
 * are buckets. Thread-safe.
 */
public final class TimelineQueries {

  private final EventLog log;
  private final TimeTravel travel;
  private final TimelineTables tables;
  private final SequenceSpans spans;

  public TimelineQueries(DataSource dataSource, EventLog log, TimeTravel travel) {
    this.log = log;
    this.travel = travel;
    this.tables = new TimelineTables(dataSource);
    this.spans = new SequenceSpans(log);
  }

  /**
   * The timeline of a vSMMU. The events that it counts are those between the two points that {@code
   * EventFilter} selects.
   */
  public Timeline of(int vsmmu, TimelineRequest request) {
    Span wanted = spans.sequences(vsmmu, request.from(), request.to());
    Timeline timeline = withoutEvents(vsmmu, request, wanted);
    if (!wanted.empty()) {
      new Pass(vsmmu, request.axis(), wanted, timeline).count();
    }
    return timeline;
  }

  private Timeline withoutEvents(int vsmmu, TimelineRequest request, Span wanted) {
    OptionalLong from = bound(vsmmu, request.axis(), request.from(), wanted, wanted.first());
    OptionalLong to = bound(vsmmu, request.axis(), request.to(), wanted, wanted.last());
    return from.isEmpty() || to.isEmpty()
        ? Timeline.EMPTY
        : Timeline.between(from.getAsLong(), to.getAsLong(), request.buckets());
  }

  /** The bound that is asked for; the value of an event if the axis is another one. */
  private OptionalLong bound(
      int vsmmu, TimelineAxis axis, @Nullable LogPoint asked, Span wanted, long sequence) {
    return switch (asked) {
      case LogPoint.AtPosition at when axis == TimelineAxis.POSITION ->
          OptionalLong.of(Math.min(Math.max(at.position(), 1), log.headPosition()));
      case LogPoint.AtInstant at when axis == TimelineAxis.TIME ->
          OptionalLong.of(Micros.of(at.instant()));
      case null, default ->
          wanted.empty() ? OptionalLong.empty() : OptionalLong.of(valueAt(vsmmu, axis, sequence));
    };
  }

  private long valueAt(int vsmmu, TimelineAxis axis, long sequence) {
    StoredEvent event = log.readPage(vsmmu, sequence, 1).getFirst();
    return axis.value(event.position(), event.timeMicros());
  }

  /** One pass over the blocks of a range. */
  private final class Pass {
    private final int vsmmu;
    private final TimelineAxis axis;
    private final Span wanted;
    private final Timeline timeline;
    private final long beginning;
    private final List<Long> divided = new ArrayList<>();

    Pass(int vsmmu, TimelineAxis axis, Span wanted, Timeline timeline) {
      this.vsmmu = vsmmu;
      this.axis = axis;
      this.wanted = wanted;
      this.timeline = timeline;
      this.beginning = travel.beginning(vsmmu);
    }

    void count() {
      long blocks = tables.blocks(vsmmu);
      for (Span numbers : largeBlocks(blocks)) {
        for (CountedBlock block : tables.blocks(vsmmu, 0, numbers)) {
          if (!addWhole(block)) {
            divided.add(block.number());
          }
        }
      }
      tables.eachEvent(vsmmu, divided, TimelineLimits.BLOCKS_AT_ONCE, beginning, this::into);
      tail(blocks * EventBlock.EVENTS);
    }

    /**
     * Adds the blocks of level 1 that lie within one bucket.
     *
     * @param blocks number of blocks of level 0
     * @return the numbers of the blocks of level 0 that are still to be added
     */
    private List<Span> largeBlocks(long blocks) {
      long first = wanted.first() / EventBlock.EVENTS;
      long last = Math.min(wanted.last() / EventBlock.EVENTS, blocks - 1);
      long large = blocks / EventBlock.BLOCKS;
      List<Span> rest = new ArrayList<>();
      Span numbers =
          new Span(first / EventBlock.BLOCKS, Math.min(last / EventBlock.BLOCKS, large - 1));
      if (last >= first && numbers.last() >= numbers.first()) {
        for (CountedBlock block : tables.blocks(vsmmu, 1, numbers)) {
          if (!addWhole(block)) {
            long low = block.number() * EventBlock.BLOCKS;
            join(rest, Math.max(first, low), Math.min(last, low + EventBlock.BLOCKS - 1));
          }
        }
      }
      join(rest, Math.max(first, large * EventBlock.BLOCKS), last);
      return rest;
    }

    private static void join(List<Span> spans, long first, long last) {
      if (last < first) {
        return;
      }
      if (!spans.isEmpty() && spans.getLast().last() + 1 == first) {
        spans.set(spans.size() - 1, new Span(spans.getLast().first(), last));
      } else {
        spans.add(new Span(first, last));
      }
    }

    private boolean addWhole(CountedBlock block) {
      TimelineBucket bucket = timeline.at(axis.least(block));
      boolean whole =
          block.first() >= wanted.first()
              && block.last() <= wanted.last()
              && bucket == timeline.at(axis.greatest(block));
      if (whole) {
        bucket.add(block);
      }
      return whole;
    }

    private @Nullable EventCounts into(long sequence, long position, long timeMicros) {
      return wanted.first() <= sequence && sequence <= wanted.last()
          ? timeline.at(axis.value(position, timeMicros)).extend(position, timeMicros)
          : null;
    }

    /** Adds the events from a sequence on, which are in no block yet. */
    private void tail(long from) {
      for (long first = Math.max(from, wanted.first() - wanted.first() % EventBlock.EVENTS);
          first <= wanted.last();
          first += EventBlock.EVENTS) {
        EventBlock block = new EventBlock(first);
        TimelineProjection.fill(
            block, log, travel, vsmmu, Math.min(wanted.last(), first + EventBlock.EVENTS - 1));
        EventBlock.each(Math.max(beginning, first), block.events(), this::into);
      }
    }
  }
}
