package io.vsmmu.debugger.find;

import io.vsmmu.debugger.find.FindAnswer.Bucket;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts by intervals of positions, which have the same length, except the last, which may be
 * shorter. Not thread-safe.
 */
final class IntervalCounts {

  private final long from;
  private final long to;
  private final long length;
  private final long[] found;
  private final long[] holding;

  private IntervalCounts(long from, long to, long length, int count) {
    this.from = from;
    this.to = to;
    this.length = length;
    this.found = new long[count];
    this.holding = new long[count];
  }

  /**
   * As many intervals as are wanted, or fewer if there are fewer positions; all counts are 0.
   *
   * @param from first position of the first one
   * @param to last position of the last one
   */
  static IntervalCounts of(long from, long to, int wanted) {
    long positions = to - from + 1;
    if (wanted == 0 || positions <= 0) {
      return new IntervalCounts(from, to, 1, 0);
    }
    long length = Math.ceilDiv(positions, wanted);
    return new IntervalCounts(from, to, length, (int) Math.ceilDiv(positions, length));
  }

  /** The same intervals with all counts 0. */
  IntervalCounts empty() {
    return new IntervalCounts(from, to, length, found.length);
  }

  /** Counts a hit that begins at a position. */
  void countFound(long position) {
    count(found, position);
  }

  /** Counts an event at which the condition holds. */
  void countHolding(long position) {
    count(holding, position);
  }

  private void count(long[] counts, long position) {
    if (counts.length > 0) {
      counts[(int) ((position - from) / length)]++;
    }
  }

  /** Adds the counts of the same intervals. */
  void add(IntervalCounts more) {
    for (int i = 0; i < more.found.length; i++) {
      found[i] += more.found[i];
      holding[i] += more.holding[i];
    }
  }

  List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>(found.length);
    for (int i = 0; i < found.length; i++) {
      long first = from + i * length;
      buckets.add(new Bucket(first, Math.min(to, first + length - 1), found[i], holding[i]));
    }
    return buckets;
  }
}
