package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The part of a vSMMU's log that gets its rows of the index at once: {@link #EVENTS} events in
 * {@link #BLOCKS} blocks. For each key it has one row that tells the blocks with such events. What
 * comes after the last full segment is not in the index; queries read it.
 */
public final class IndexSegment {

  /** Blocks of a segment: one bit each. */
  public static final int BLOCKS = Long.SIZE;

  /** Events of a block, which queries read as a whole. */
  public static final int BLOCK_EVENTS = 32;

  /** Events of a segment. */
  public static final int EVENTS = BLOCKS * BLOCK_EVENTS;

  /**
   * Keys of a segment, after which its events have coarse keys only: a guest must not make it grow
   * without bound.
   */
  public static final int KEYS = 1 << 16;

  private final Map<IndexKey, Long> blocks = new HashMap<>();
  private long next;

  /** A segment whose first event has this sequence. */
  IndexSegment(long first) {
    this.next = first;
  }

  /** The sequence of the event that it takes next. */
  long next() {
    return next;
  }

  int keys() {
    return blocks.size();
  }

  void add(LogEvent event) {
    Set<IndexKey> keys = IndexKeys.of(event);
    if (blocks.size() >= KEYS) {
      Set<IndexKey> coarse = new HashSet<>();
      keys.forEach(key -> coarse.add(key.coarse()));
      keys = coarse;
    }
    long bit = 1L << (event.sequence() % EVENTS / BLOCK_EVENTS);
    for (IndexKey key : keys) {
      blocks.merge(key, bit, (a, b) -> a | b);
    }
    next = event.sequence() + 1;
  }

  boolean full() {
    return next % EVENTS == 0;
  }

  void write(int vsmmu, CopyBuffer rows) {
    long segment = (next - 1) / EVENTS;
    blocks.forEach((key, bits) -> rows.row(vsmmu, key.scope(), key.cell(), segment, bits));
  }
}
