package io.vsmmu.db.write;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Caches the heads of the vSMMUs that were written most recently. Not thread-safe: used by the
 * thread that holds the writer's lock.
 */
final class StreamHeads {

  private final Map<Integer, StreamHead> heads;

  StreamHeads(int limit) {
    this.heads =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, StreamHead> eldest) {
            return size() > limit;
          }
        };
  }

  @Nullable StreamHead get(int vsmmuId) {
    return heads.get(vsmmuId);
  }

  void put(int vsmmuId, StreamHead head) {
    heads.put(vsmmuId, head);
  }

  void clear() {
    heads.clear();
  }
}
