package io.vsmmu.debugger.find;

import io.vsmmu.projections.travel.TimeTravel;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a vSMMU's log, by sequences.
 *
 * @param first inclusive
 * @param last inclusive; less than {@code first} for an empty part
 */
record Part(long first, long last) {

  boolean isEmpty() {
    return last < first;
  }

  long events() {
    return isEmpty() ? 0 : last - first + 1;
  }

  /**
   * Cuts the part into parts that can be read at the same time, in their order. A scan of a part
   * begins one event earlier, for which it needs the state before that: cuts are where a snapshot
   * is that state.
   *
   * @param snapshots the last sequence that is part of a snapshot: there are no cuts behind it
   * @param backward whether the last part is read first, and so is the smallest
   */
  List<Part> cut(long snapshots, boolean backward) {
    List<Part> parts = new ArrayList<>();
    long size = FindLimits.FIRST_PART;
    long from = first;
    long to = last;
    while (to >= from) {
      if (backward) {
        long begin = Math.min(cutAtOrBelow(to - size + 2), cutAtOrBelow(snapshots + 2));
        begin = begin <= from ? from : begin;
        parts.add(new Part(begin, to));
        to = begin - 1;
      } else {
        long next = cutAtOrBelow(from + size + TimeTravel.SNAPSHOT_INTERVAL - 1);
        long end = next > snapshots + 2 ? to : Math.min(to, next - 1);
        parts.add(new Part(from, end));
        from = end + 1;
      }
      size = Math.min(2 * size, FindLimits.LARGEST_PART);
    }
    return parts;
  }

  /** The largest first sequence of a part that is at most this one. */
  private static long cutAtOrBelow(long sequence) {
    return Math.floorDiv(sequence - 1, TimeTravel.SNAPSHOT_INTERVAL) * TimeTravel.SNAPSHOT_INTERVAL
        + 1;
  }
}
