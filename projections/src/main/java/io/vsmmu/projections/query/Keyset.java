package io.vsmmu.projections.query;

import java.util.OptionalLong;

/**
 * Which page of a list is wanted.
 *
 * @param after position of the last item of the page before; empty for the first page
 * @param limit items of a page, 1 to {@link #MOST_ITEMS}
 */
public record Keyset(OptionalLong after, int limit, Order order) {

  /** Items of a page, at most. */
  public static final int MOST_ITEMS = 1000;

  /** Items of a page unless told otherwise. */
  public static final int DEFAULT_ITEMS = 100;

  /** The order of the items. */
  public enum Order {
    OLDEST_FIRST,
    NEWEST_FIRST
  }

  public Keyset {
    if (limit < 1 || limit > MOST_ITEMS) {
      throw new IllegalArgumentException("limit %d is not 1 to %d".formatted(limit, MOST_ITEMS));
    }
  }

  /** The first page from the oldest item on. */
  public static Keyset oldestFirst(int limit) {
    return new Keyset(OptionalLong.empty(), limit, Order.OLDEST_FIRST);
  }

  /** The first page from the newest item back. */
  public static Keyset newestFirst(int limit) {
    return new Keyset(OptionalLong.empty(), limit, Order.NEWEST_FIRST);
  }

  /** The page after the item at this position. */
  public Keyset after(long position) {
    return new Keyset(OptionalLong.of(position), limit, order);
  }

  boolean ascending() {
    return order == Order.OLDEST_FIRST;
  }

  /** {@code ASC} or {@code DESC}. */
  String direction() {
    return ascending() ? "ASC" : "DESC";
  }

  /** The positions that are left of a span. */
  Span rest(Span span) {
    if (after.isEmpty()) {
      return span;
    }
    long seen = after.getAsLong();
    return ascending()
        ? new Span(Math.max(span.first(), seen + 1), span.last())
        : new Span(span.first(), Math.min(span.last(), seen - 1));
  }

  /**
   * A span of positions or sequences, both ends included; empty if the last is before the first.
   */
  record Span(long first, long last) {
    boolean empty() {
      return last < first;
    }
  }
}
