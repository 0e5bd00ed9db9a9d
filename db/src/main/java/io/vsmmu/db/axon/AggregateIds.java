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

/**
 * Maps aggregate identifiers to vSMMU numbers and back. The mapping of a registered vSMMU never
 * changes, so it is cached, for a limited number of vSMMUs in each direction. Thread-safe.
 */
final class AggregateIds {

  private final VsmmuRegistry registry;
  private final Map<UUID, Integer> ids;
  private final Map<Integer, UUID> aggregates;

  AggregateIds(VsmmuRegistry registry, int limit) {
    this.registry = registry;
    this.ids = bounded(limit);
    this.aggregates = bounded(limit);
  }

  /** Number of the vSMMU with this aggregate identifier, empty if none is registered. */
  Optional<Integer> idOf(UUID aggregateId) {
    return Optional.ofNullable(
        lookUp(
            ids, aggregateId, () -> registry.byAggregateId(aggregateId).map(RegisteredVsmmu::id)));
  }

  /**
   * Aggregate identifier of a vSMMU.
   *
   * @throws EventStoreException if there is no vSMMU with this number
   */
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
