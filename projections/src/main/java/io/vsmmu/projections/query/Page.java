package io.vsmmu.projections.query;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next what {@link Keyset#after(long)} of the next page is; empty at the end of the list
 * @param shortReason why there are fewer items than asked for although there is a next page; null
 *     if there are not
 */
public record Page<T>(List<T> items, OptionalLong next, @Nullable ShortPageReason shortReason) {
  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> end(List<T> items) {
    return new Page<>(items, OptionalLong.empty(), null);
  }

  static <T> Page<T> upTo(long position, List<T> items) {
    return new Page<>(items, OptionalLong.of(position), null);
  }

  /** A page that ends early. */
  static <T> Page<T> cut(long position, List<T> items, ShortPageReason shortReason) {
    return new Page<>(items, OptionalLong.of(position), shortReason);
  }
}
