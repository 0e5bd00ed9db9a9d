package io.vsmmu.projections.view;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds an ordered map of names and values; values are strings, numbers, booleans, lists, maps.
 */
final class Tree {

  private final SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();

  Tree put(String name, @Nullable Object value) {
    values.put(name, value);
    return this;
  }

  Tree putAll(SequencedMap<String, @Nullable Object> others) {
    values.putAll(others);
    return this;
  }

  Tree hex(String name, long value) {
    return put(name, Hex.of(value));
  }

  Tree sid(int streamId) {
    return put("sid", Hex.of(streamId));
  }

  Tree name(String name, Enum<?> value) {
    return put(name, value.name());
  }

  /** A logical handle, null for "none". */
  Tree handle(String name, long handle) {
    return put(name, handle == 0 ? null : handle);
  }

  <T> Tree list(
      String name, Collection<T> items, Function<? super T, ? extends SequencedMap<?, ?>> item) {
    List<Object> trees = items.stream().<Object>map(item).toList();
    return put(name, trees);
  }

  SequencedMap<String, @Nullable Object> build() {
    return Collections.unmodifiableSequencedMap(values);
  }
}
