package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The unit in which a vSMMU's events are indexed: {@link #EVENTS} events in {@link #BLOCKS} blocks.
 * A full segment is written as one row per key, with a bitmap of the blocks that contain an event
 * with the key. Events after the last full segment are not in the index, so queries read all of
 * them.
 */
public final class IndexSegment {

  /** Blocks of a segment, one for each bit of a bigint. */
  public static final int BLOCKS = Long.SIZE;

  /** Events of a block; a query reads whole blocks. */
  public static final int BLOCK_EVENTS = 32;

  public static final int EVENTS = BLOCKS * BLOCK_EVENTS;

  /**
   * Number of keys from which on further events of the segment get only coarse keys, see {@link
   * IndexKey#coarse}. Without this limit a guest could make the index grow without bound.
   */
  public static final int KEYS = 1 << 16;

  private final Map<IndexKey, Long> blocks = new HashMap<>();
  private long next;

  /**
   * Begins empty.
   *
   * @param first sequence of the segment's first event
   */
  IndexSegment(long first) {
    this.next = first;
  }

  /** Sequence of the event to be added next. */
  long next() {
    return next;
  }

  int keys() {
    return blocks.size();
  }

  /** Adds the keys of the next event. */
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

  /** Whether the last event of the segment has been added. */
  boolean full() {
    return next % EVENTS == 0;
  }

  /** Gives the rows of a full segment. */
  void write(int vsmmu, CopyBuffer rows) {
    long segment = (next - 1) / EVENTS;
    blocks.forEach((key, bits) -> rows.row(vsmmu, key.scope(), key.cell(), segment, bits));
  }
}
