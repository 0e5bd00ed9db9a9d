package io.vsmmu.projections.query;

import java.util.OptionalLong;

/**
 * Selects one page of a list by the position after which it begins (keyset pagination).
 *
 * @param after position of the last item of the previous page, which {@link Page#next} gave; empty
 *     for the first page
 * @param limit number of items of a page, 1 to {@link #MOST_ITEMS}
 */
public record Keyset(OptionalLong after, int limit, Order order) {

  /** Largest number of items of a page. */
  public static final int MOST_ITEMS = 1000;

  /** Number of items of a page if a request gives none. */
  public static final int DEFAULT_ITEMS = 100;

  public enum Order {
    OLDEST_FIRST,
    NEWEST_FIRST
  }

  public Keyset {
    if (limit < 1 || limit > MOST_ITEMS) {
      throw new IllegalArgumentException("limit %d is not 1 to %d".formatted(limit, MOST_ITEMS));
    }
  }

  /** The first page of a list that begins with the oldest item. */
  public static Keyset oldestFirst(int limit) {
    return new Keyset(OptionalLong.empty(), limit, Order.OLDEST_FIRST);
  }

  /** The page that follows the item at a position. */
  public Keyset after(long position) {
    return new Keyset(OptionalLong.of(position), limit, order);
  }

  boolean ascending() {
    return order == Order.OLDEST_FIRST;
  }

  /** The SQL keyword of the order. */
  String direction() {
    return ascending() ? "ASC" : "DESC";
  }

  /** The part of a span of positions that this page and later ones cover. */
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
   * A range of positions or sequences with both ends included; empty if the last is less than the
   * first.
   */
  public record Span(long first, long last) {

    /** Whether there is no position or sequence in it. */
    public boolean empty() {
      return last < first;
    }
  }
}
