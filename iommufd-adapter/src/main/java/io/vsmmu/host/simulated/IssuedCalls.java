package io.vsmmu.host.simulated;

import io.vsmmu.host.InvalidationBatch;
import java.util.ArrayDeque;
import java.util.List;

/** The newest operations of a host, in order. Not thread-safe: the host's lock protects it. */
final class IssuedCalls {

  /**
   * Most bytes of invalidation commands that are kept with the entries; beyond, the oldest entries
   * are dropped.
   */
  static final long MAX_BATCH_BYTES = 16L * 1024 * 1024;

  private final int limit;
  private final ArrayDeque<IssuedCall> entries = new ArrayDeque<>();
  private long batchBytes;
  private long next;

  IssuedCalls(int limit) {
    this.limit = limit;
  }

  long next() {
    return next;
  }

  void add(IssuedCall entry) {
    entries.addLast(entry);
    batchBytes += batchBytes(entry);
    next++;
    while (entries.size() > limit || (batchBytes > MAX_BATCH_BYTES && entries.size() > 1)) {
      batchBytes -= batchBytes(entries.removeFirst());
    }
  }

  List<IssuedCall> entries() {
    return List.copyOf(entries);
  }

  private static long batchBytes(IssuedCall entry) {
    return entry.arguments().stream()
        .mapToLong(
            argument ->
                argument instanceof InvalidationBatch batch
                    ? (long) batch.size() * InvalidationBatch.ENTRY_BYTES
                    : 0)
        .sum();
  }
}
