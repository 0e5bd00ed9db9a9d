package io.vsmmu.debugger.timeline;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of one block of a vSMMU's log, while they are added: the sum of their counts, and the
 * counts of each. Not thread-safe.
 *
 * <p>The stored form of the events is, for each of them, the distance of its position and of its
 * time from those of the event before (of the first one, from 0), and its counts.
 */
final class EventBlock {

  /** Events of a block of level 0; a snapshot of the state exists before each block. */
  static final int EVENTS = 1024;

  /** Blocks of level 0 in one of level 1. */
  static final int BLOCKS = 64;

  private final EventCounts counts = new EventCounts();

  /** The counts of the event that is being added. */
  private final EventCounts own = new EventCounts();

  private final Varints.Writer events = new Varints.Writer();
  private long next;
  private long position;
  private long time;
  private long firstPosition;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  /** The objects of which {@link #blind} says whether they include a hardware queue. */
  private @Nullable Map<Long, HostObject> objects;

  private boolean blind;

  /** Is asked about each event of a block. */
  @FunctionalInterface
  interface Visitor {

    /** What the event's counts are to be added to; null if it is not wanted. */
    @Nullable EventCounts into(long sequence, long position, long timeMicros);
  }

  /**
   * Begins empty.
   *
   * @param first sequence of the first event
   */
  EventBlock(long first) {
    this.next = first;
  }

  /** Sequence of the event to be added next. */
  long next() {
    return next;
  }

  /** Whether the block has all of its events. */
  boolean full() {
    return next % EVENTS == 0;
  }

  /** Adds the next event, with the states before and after it. */
  // Most events leave the very same map of objects, which need not be searched again.
  @SuppressWarnings("ReferenceEquality")
  void add(LogEvent event, VsmmuState before, VsmmuState after) {
    if (objects != after.objects()) {
      objects = after.objects();
      blind =
          objects.values().stream()
              .anyMatch(object -> object.kind() == HostObject.Kind.HARDWARE_QUEUE);
    }
    own.clear();
    own.add(event.event(), before, blind);
    counts.add(own);
    long micros = event.stored().timeMicros();
    events.put(event.position() - position).putSigned(micros - time);
    own.write(events);
    firstPosition = position == 0 ? event.position() : firstPosition;
    position = event.position();
    time = micros;
    firstTime = Math.min(firstTime, micros);
    lastTime = Math.max(lastTime, micros);
    next = event.sequence() + 1;
  }

  /** The block as a row of level 0. */
  CountedBlock counted() {
    return new CountedBlock(
        (next - 1) / EVENTS, EVENTS, firstPosition, position, firstTime, lastTime, counts);
  }

  /** The stored form of the events. */
  byte[] events() {
    return events.toBytes();
  }

  /** Approximate bytes of the rows that the block becomes. */
  int size() {
    return events.size();
  }

  /**
   * Asks a visitor about the events of a stored block in order, and adds their counts.
   *
   * @param first sequence of the first event
   */
  static void each(long first, byte[] stored, Visitor visitor) {
    Varints.Reader in = new Varints.Reader(stored);
    EventCounts unwanted = new EventCounts();
    long sequence = first;
    long at = 0;
    long micros = 0;
    while (!in.atEnd()) {
      at += in.next();
      micros += in.nextSigned();
      EventCounts into = visitor.into(sequence++, at, micros);
      (into == null ? unwanted : into).read(in);
    }
  }
}
