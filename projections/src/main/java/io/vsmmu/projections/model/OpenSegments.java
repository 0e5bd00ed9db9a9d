package io.vsmmu.projections.model;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.travel.LogEvent;
import java.util.Iterator;
import java.util.LinkedHashMap;

/**
 * Holds the index segments that are not full yet, of the vSMMUs that were seen most recently. The
 * segment of another vSMMU is made again from the log. Not thread-safe.
 */
final class OpenSegments {

  /**
   * Most keys in memory, over all segments. The segment that is being added to is kept even if it
   * alone has more.
   */
  static final int MOST_KEYS = 1 << 19;

  private final EventLog log;
  private final LinkedHashMap<Integer, IndexSegment> open = new LinkedHashMap<>(16, 0.75f, true);
  private long keys;

  OpenSegments(EventLog log) {
    this.log = log;
  }

  /** Adds an event to its segment, and the segment's rows to {@code rows} when it is full. */
  void add(LogEvent event, CopyBuffer rows) {
    IndexSegment segment = open.get(event.vsmmu());
    if (segment == null || segment.next() != event.sequence()) {
      remove(event.vsmmu());
      segment = before(event);
      open.put(event.vsmmu(), segment);
      keys += segment.keys();
    }
    keys -= segment.keys();
    segment.add(event);
    keys += segment.keys();
    if (segment.full()) {
      segment.write(event.vsmmu(), rows);
      remove(event.vsmmu());
    }
    bound();
  }

  void clear() {
    open.clear();
    keys = 0;
  }

  /** The segment with the events before the given one, read from the log. */
  private IndexSegment before(LogEvent event) {
    long first = event.sequence() - event.sequence() % IndexSegment.EVENTS;
    IndexSegment segment = new IndexSegment(first);
    if (first < event.sequence()) {
      log.read(
          event.vsmmu(), first, event.sequence() - 1, stored -> segment.add(new LogEvent(stored)));
    }
    return segment;
  }

  private void remove(int vsmmu) {
    IndexSegment segment = open.remove(vsmmu);
    keys -= segment == null ? 0 : segment.keys();
  }

  /** Drops the segments that were not used for longest while there are too many keys. */
  private void bound() {
    Iterator<IndexSegment> eldest = open.values().iterator();
    while (keys > MOST_KEYS && open.size() > 1) {
      keys -= eldest.next().keys();
      eldest.remove();
    }
  }
}
