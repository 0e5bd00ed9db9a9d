package io.vsmmu.db.axon;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.VsmmuRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/** Aggregate identifiers and vSMMU numbers, which never change, remembered in bounded number. */
final class AggregateIds {

  private final VsmmuRegistry registry;
  private final Map<UUID, Integer> ids;
  private final Map<Integer, UUID> aggregates;

  AggregateIds(VsmmuRegistry registry, int limit) {
    this.registry = registry;
    this.ids = bounded(limit);
    this.aggregates = bounded(limit);
  }

  /** Number of an aggregate's vSMMU, empty if it is not registered. */
  Optional<Integer> idOf(UUID aggregateId) {
    return Optional.ofNullable(
        lookUp(
            ids, aggregateId, () -> registry.byAggregateId(aggregateId).map(RegisteredVsmmu::id)));
  }

  /** Aggregate of a vSMMU that has events. */
  UUID aggregateOf(int id) {
    UUID found = lookUp(aggregates, id, () -> registry.byId(id).map(RegisteredVsmmu::aggregateId));
    if (found == null) {
      throw new EventStoreException("There is no vSMMU number " + id);
    }
    return found;
  }

  private static <K, V> @Nullable V lookUp(Map<K, V> known, K key, Supplier<Optional<V>> read) {
    synchronized (known) {
      V value = known.get(key);
      if (value != null) {
        return value;
      }
    }
    Optional<V> value = read.get();
    synchronized (known) {
      value.ifPresent(v -> known.put(key, v));
    }
    return value.orElse(null);
  }

  private static <K, V> Map<K, V> bounded(int limit) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > limit;
      }
    };
  }
}
