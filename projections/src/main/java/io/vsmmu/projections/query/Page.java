package io.vsmmu.projections.query;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next position to pass to {@link Keyset#after(long)} for the next page; empty if this is
 *     the last page
 * @param shortReason why the page has fewer items than its limit although it is not the last one;
 *     null if that is not so
 */
public record Page<T>(List<T> items, OptionalLong next, @Nullable ShortPageReason shortReason) {
  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> end(List<T> items) {
    return new Page<>(items, OptionalLong.empty(), null);
  }

  /** A full page whose last item is at a position. */
  static <T> Page<T> upTo(long position, List<T> items) {
    return new Page<>(items, OptionalLong.of(position), null);
  }

  /** A page that ends early: the items up to a position have been examined. */
  static <T> Page<T> cut(long position, List<T> items, ShortPageReason shortReason) {
    return new Page<>(items, OptionalLong.of(position), shortReason);
  }
}
