package io.vsmmu.debugger.timeline;

import io.vsmmu.db.log.Micros;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** A part of a timeline with the counts of the events in it. Not thread-safe. */
public final class TimelineBucket {

  private final long from;
  private final long to;
  private final EventCounts counts = new EventCounts();
  private long firstPosition = Long.MAX_VALUE;
  private long lastPosition = Long.MIN_VALUE;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  /** Begins without events; the bounds are values of the axis, both included. */
  TimelineBucket(long from, long to) {
    this.from = from;
    this.to = to;
  }

  /** Extends the bucket by an event, whose counts are to be added to the result. */
  EventCounts extend(long position, long timeMicros) {
    extend(position, position, timeMicros, timeMicros);
    return counts;
  }

  void add(CountedBlock block) {
    extend(block.firstPosition(), block.lastPosition(), block.firstTime(), block.lastTime());
    counts.add(block.counts());
  }

  private void extend(
      long leastPosition, long greatestPosition, long leastTime, long greatestTime) {
    firstPosition = Math.min(firstPosition, leastPosition);
    lastPosition = Math.max(lastPosition, greatestPosition);
    firstTime = Math.min(firstTime, leastTime);
    lastTime = Math.max(lastTime, greatestTime);
  }

  /** First value of the axis: a position, or microseconds since 1970-01-01T00:00Z. */
  public long from() {
    return from;
  }

  /** Last value of the axis, inclusive. */
  public long to() {
    return to;
  }

  public EventCounts counts() {
    return counts;
  }

  /** Position of the first event; empty without events. */
  public OptionalLong firstPosition() {
    return empty() ? OptionalLong.empty() : OptionalLong.of(firstPosition);
  }

  /** Position of the last event; empty without events. */
  public OptionalLong lastPosition() {
    return empty() ? OptionalLong.empty() : OptionalLong.of(lastPosition);
  }

  /** The earliest time of an event; empty without events. */
  public Optional<Instant> firstTime() {
    return empty() ? Optional.empty() : Optional.of(Micros.toInstant(firstTime));
  }

  /** The latest time of an event; empty without events. */
  public Optional<Instant> lastTime() {
    return empty() ? Optional.empty() : Optional.of(Micros.toInstant(lastTime));
  }

  private boolean empty() {
    return counts.get(CountedKind.EVENTS) == 0;
  }
}
