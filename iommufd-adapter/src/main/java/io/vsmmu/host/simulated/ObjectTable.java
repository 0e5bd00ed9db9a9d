package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ids of one iommufd: from 1, the lowest free one first, as XA_FLAGS_ALLOC1 gives them
 * (drivers/iommu/iommufd/main.c). A tombstone keeps an id reserved after its object was destroyed.
 */
final class ObjectTable {

  private static final int FIRST_ID = 1;

  private final Map<Integer, KernelObject> objects = new HashMap<>();
  private final BitSet taken = new BitSet();
  private int tombstones;

  <T extends KernelObject> T add(IntFunction<T> creator) {
    int id = taken.nextClearBit(FIRST_ID);
    T object = creator.apply(id);
    taken.set(id);
    objects.put(id, object);
    return object;
  }

  @Nullable KernelObject find(int id) {
    return objects.get(id);
  }

  /** The object of this kind; ENOENT when the id names none. */
  <T extends KernelObject> HostResult<T> get(int id, Class<T> kind) {
    return get(id, kind, Errno.ENOENT);
  }

  /** The object of this kind; {@code otherwise} when the id names none. */
  <T extends KernelObject> HostResult<T> get(int id, Class<T> kind, Errno otherwise) {
    KernelObject object = objects.get(id);
    return kind.isInstance(object)
        ? HostResult.ok(kind.cast(object))
        : HostResult.refused(otherwise);
  }

  void remove(KernelObject object) {
    objects.remove(object.id);
    taken.clear(object.id);
  }

  void entomb(KernelObject object) {
    objects.remove(object.id);
    tombstones++;
  }

  int tombstones() {
    return tombstones;
  }

  Collection<KernelObject> all() {
    return objects.values();
  }

  <T extends KernelObject> List<T> all(Class<T> kind) {
    List<T> found = new ArrayList<>();
    for (KernelObject object : objects.values()) {
      if (kind.isInstance(object)) {
        found.add(kind.cast(object));
      }
    }
    return found;
  }

  void clear() {
    objects.clear();
    taken.clear();
    tombstones = 0;
  }
}
