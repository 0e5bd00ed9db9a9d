package io.vsmmu.control.log;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.axonframework.common.Registration;
import org.axonframework.common.caching.Cache;
import org.jspecify.annotations.Nullable;

/**
 * Caches the aggregates that were used last. It holds strong references, because an aggregate that
 * the garbage collector took would have to be read from the log again.
 */
final class BoundedAggregateCache implements Cache {

  private final com.github.benmanes.caffeine.cache.Cache<Object, Object> entries;

  /**
   * @param most the largest number of aggregates
   */
  BoundedAggregateCache(long most) {
    entries = Caffeine.newBuilder().maximumSize(most).build();
  }

  @Override
  @SuppressWarnings("unchecked")
  public <K, V> @Nullable V get(K key) {
    return (V) entries.getIfPresent(key);
  }

  @Override
  public void put(Object key, Object value) {
    entries.put(key, value);
  }

  @Override
  public boolean putIfAbsent(Object key, Object value) {
    return entries.asMap().putIfAbsent(key, value) == null;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> T computeIfAbsent(Object key, Supplier<T> supplier) {
    return (T) entries.get(key, (Function<Object, Object>) absent -> supplier.get());
  }

  @Override
  public boolean remove(Object key) {
    return entries.asMap().remove(key) != null;
  }

  @Override
  public void removeAll() {
    entries.invalidateAll();
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.asMap().containsKey(key);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <V> void computeIfPresent(Object key, UnaryOperator<V> update) {
    entries.asMap().computeIfPresent(key, (k, value) -> update.apply((V) value));
  }

  /** Has no effect, because nothing depends on a cached aggregate: its events are in the log. */
  @Override
  public Registration registerCacheEntryListener(EntryListener listener) {
    return () -> true;
  }
}
