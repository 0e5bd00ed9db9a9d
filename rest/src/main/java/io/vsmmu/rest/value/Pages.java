package io.vsmmu.rest.value;

import io.vsmmu.projections.query.Keyset;
import org.jspecify.annotations.Nullable;

/** Which page of a list is wanted: {@code ?after=&limit=}. */
public final class Pages {

  /** What {@code after} is. */
  public static final String AFTER = "The next of the page before: what lies behind it";

  /** What {@code limit} is. */
  public static final String LIMIT = "Items of a page, 1 to 1000, by default 100";

  private Pages() {}

  /** Items of a page. */
  public static int limit(@Nullable String text) {
    return text == null
        ? Keyset.DEFAULT_ITEMS
        : (int) Numbers.between("limit", text, 1, Keyset.MOST_ITEMS);
  }

  /** Where a page begins; 0 for the first. */
  public static long after(@Nullable String text) {
    return text == null ? 0 : Numbers.between("after", text, 0, Long.MAX_VALUE);
  }

  /** A page from the oldest item on. */
  public static Keyset keyset(@Nullable String after, @Nullable String limit) {
    Keyset first = Keyset.oldestFirst(limit(limit));
    return after == null ? first : first.after(after(after));
  }
}
