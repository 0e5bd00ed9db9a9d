package io.vsmmu.projections.query;

import java.util.List;
import java.util.OptionalLong;

/**
 * A page of a list.
 *
 * @param items possibly fewer than asked for, even none, although there is a next page: a query
 *     looks at a limited part of the log at a time
 * @param next what {@link Keyset#after(long)} of the next page is; empty at the end of the list
 */
public record Page<T>(List<T> items, OptionalLong next) {
  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> end(List<T> items) {
    return new Page<>(items, OptionalLong.empty());
  }

  static <T> Page<T> upTo(long position, List<T> items) {
    return new Page<>(items, OptionalLong.of(position));
  }
}
