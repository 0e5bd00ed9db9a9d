package io.vsmmu.projections.view;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds an ordered map from names to values, which are strings, numbers, booleans, lists, maps or
 * null.
 */
final class TreeBuilder {

  private final SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();

  TreeBuilder put(String name, @Nullable Object value) {
    values.put(name, value);
    return this;
  }

  TreeBuilder putAll(SequencedMap<String, @Nullable Object> others) {
    values.putAll(others);
    return this;
  }

  TreeBuilder hex(String name, long value) {
    return put(name, Hex.of(value));
  }

  TreeBuilder sid(int streamId) {
    return put("sid", Hex.of(streamId));
  }

  TreeBuilder name(String name, Enum<?> value) {
    return put(name, value.name());
  }

  /** Adds a logical handle, null for 0, which stands for "none". */
  TreeBuilder handle(String name, long handle) {
    return put(name, handle == 0 ? null : handle);
  }

  <T> TreeBuilder list(
      String name, Collection<T> items, Function<? super T, ? extends SequencedMap<?, ?>> item) {
    List<Object> trees = items.stream().<Object>map(item).toList();
    return put(name, trees);
  }

  SequencedMap<String, @Nullable Object> build() {
    return Collections.unmodifiableSequencedMap(values);
  }
}
