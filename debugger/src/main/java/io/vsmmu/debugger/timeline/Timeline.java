package io.vsmmu.debugger.timeline;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a vSMMU's log in buckets of equal width; the last one may be narrower. An event
 * outside the bounds, which the times of a log that go backwards can give, counts in the nearest
 * bucket.
 *
 * @param width of each bucket: a number of positions, or microseconds; 0 without buckets
 */
public record Timeline(long width, List<TimelineBucket> buckets) {

  /** A timeline of a range without events and without bounds. */
  static final Timeline EMPTY = new Timeline(0, List.of());

  public Timeline {
    buckets = List.copyOf(buckets);
  }

  /** A timeline without events between two values of its axis, both included. */
  static Timeline between(long from, long to, int most) {
    long last = Math.max(from, to);
    long values = last - from + 1;
    long width = Math.ceilDiv(values, most);
    List<TimelineBucket> buckets = new ArrayList<>();
    for (long first = from; first <= last; first += width) {
      buckets.add(new TimelineBucket(first, Math.min(last, first + width - 1)));
    }
    return new Timeline(width, buckets);
  }

  /** The bucket of a value of the axis. */
  TimelineBucket at(long value) {
    long index = (value - buckets.getFirst().from()) / width;
    return buckets.get((int) Math.clamp(index, 0, (long) buckets.size() - 1));
  }
}
