package io.vsmmu.rest.value;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.rest.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** The parameters {@code after} and {@code limit} of a list. */
public record PageQuery(
    @Parameter(description = "The next of the page before: what lies behind it") @WholeNumber
        @Nullable Long after,
    @Parameter(description = "Items of a page, 1 to 1000, by default 100")
        @WholeNumber(first = 1, last = Keyset.MOST_ITEMS)
        @Nullable Integer limit) {

  /** The greatest number of items of the page. */
  public int items() {
    return limit == null ? Keyset.DEFAULT_ITEMS : limit;
  }

  /** The key behind which the page begins; 0 for the first page. */
  public long start() {
    return after == null ? 0 : after;
  }

  /** As {@link #start} of a list whose keys are ids of the database, which are {@code int}. */
  public int startId() {
    if (start() > Integer.MAX_VALUE) {
      throw ProblemException.invalid(
          "after", String.valueOf(after), "a whole number from 0 to " + Integer.MAX_VALUE);
    }
    return (int) start();
  }

  /** The page in the order of positions. */
  public Keyset keyset() {
    Keyset first = Keyset.oldestFirst(items());
    return after == null ? first : first.after(after);
  }
}
