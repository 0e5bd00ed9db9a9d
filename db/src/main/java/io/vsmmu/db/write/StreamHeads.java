package io.vsmmu.db.write;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches the heads of the vSMMUs that were written most recently. A head whose event is not in the
 * database yet is never dropped, because it could not be read again. Not thread-safe: used under
 * the writer's lock.
 */
final class StreamHeads {

  private final Map<Integer, StreamHead> heads;

  /** Grows whenever a head is dropped: one that was read before that may be out of date. */
  private long dropped;

  /**
   * @param shipped gives the last position that the database holds
   */
  StreamHeads(int limit, LongSupplier shipped) {
    this.heads =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, StreamHead> eldest) {
            boolean remove = size() > limit && eldest.getValue().position() <= shipped.getAsLong();
            dropped += remove ? 1 : 0;
            return remove;
          }
        };
  }

  long dropped() {
    return dropped;
  }

  @Nullable StreamHead get(int vsmmuId) {
    return heads.get(vsmmuId);
  }

  void put(int vsmmuId, StreamHead head) {
    heads.put(vsmmuId, head);
  }
}
