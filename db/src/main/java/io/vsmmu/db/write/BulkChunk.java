package io.vsmmu.db.write;

import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.journal.JournalEntry;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * Consecutive events of one vSMMU, hashed and encoded as rows, which lack only their positions. Not
 * thread-safe.
 */
final class BulkChunk {

  private static final int INITIAL_BYTES = 1 << 16;

  private final StreamHead before;
  private StreamHead last;
  private final int[] ends;
  private int events;
  private ByteBuffer rows = ByteBuffer.allocate(INITIAL_BYTES);

  /**
   * @param before the head that the first event follows
   * @param most events
   */
  BulkChunk(StreamHead before, int most) {
    this.before = before;
    this.last = before;
    this.ends = new int[most];
  }

  /** The head that the first event follows. */
  StreamHead before() {
    return before;
  }

  /** The head that the last event is, without its position. */
  StreamHead last() {
    return last;
  }

  int events() {
    return events;
  }

  /** Bytes of the rows. */
  int bytes() {
    return rows.position();
  }

  /** Adds an event, whose sequence must follow that of the last one. */
  void add(int vsmmuId, NewEvent event, HashChain chain) {
    add(vsmmuId, event, chain.next(last.hash(), last.originMicros(), event));
  }

  /** Adds an event that has a given hash. */
  void add(int vsmmuId, NewEvent event, byte[] hash) {
    JournalRow row = JournalRow.of(0, new AppendRow(vsmmuId, event), hash);
    int bytes = row.bytes();
    if (rows.remaining() < bytes) {
      int capacity = Math.max(2 * rows.capacity(), rows.position() + bytes);
      rows = ByteBuffer.wrap(Arrays.copyOf(rows.array(), capacity)).position(rows.position());
    }
    row.write(rows);
    ends[events++] = rows.position();
    last = last.after(event.sequence(), hash, 0);
  }

  /** The rows as entries of the journal. */
  List<JournalEntry> entries(long firstPosition) {
    return new AbstractList<>() {
      @Override
      public JournalEntry get(int index) {
        int from = index == 0 ? 0 : ends[index - 1];
        return new Entry(rows.array(), from, ends[index] - from, firstPosition + index);
      }

      @Override
      public int size() {
        return events;
      }
    };
  }

  /** One row. */
  private record Entry(byte[] rows, int from, int bytes, long position) implements JournalEntry {
    @Override
    public void write(ByteBuffer into) {
      int at = into.position();
      into.put(rows, from, bytes);
      into.putLong(at + JournalRow.POSITION, position);
    }
  }
}
