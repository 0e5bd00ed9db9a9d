package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.EventWindow;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.WholeNumber;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that select a page of events by its place in the log: what lies around a point,
 * around a fraction of the log, or before a page.
 */
record EventPlace(
    @Parameter(
            description =
                "Position or instant: the page has as many events up to it as behind it, and"
                    + " neither after, before nor fraction may be given")
        @Nullable LogPoint around,
    @Parameter(
            description = "0 to 1, as in 0.37: as around, at this fraction of the vSMMU's events",
            example = "0.37")
        @Nullable String fraction,
    @Parameter(description = "The previous of a page: what lies before it") @WholeNumber
        @Nullable Long before) {

  private static final Pattern FRACTION = Pattern.compile("[01]|[01]?\\.[0-9]{1,18}");

  /** The window that is asked for; null for the page that {@code page} selects. */
  @Nullable EventWindow window(
      EventQueries queries, int vsmmu, EventFilter filter, PageQuery page) {
    int given = one(around) + one(fraction) + one(before) + one(page.after());
    if (given > 1) {
      throw ProblemException.invalid(
          "around, fraction, before, after", given + " of them", "one of them at most");
    }
    if (around != null) {
      return queries.around(vsmmu, filter, around, page.items());
    }
    if (fraction != null) {
      LogPoint there = queries.atFraction(vsmmu, parsed(fraction));
      return queries.around(vsmmu, filter, there, page.items());
    }
    return before == null ? null : queries.before(vsmmu, filter, before, page.items());
  }

  private static int one(@Nullable Object parameter) {
    return parameter == null ? 0 : 1;
  }

  private static double parsed(String text) {
    BigDecimal value = FRACTION.matcher(text).matches() ? new BigDecimal(text) : null;
    if (value == null || value.compareTo(BigDecimal.ONE) > 0) {
      throw ProblemException.invalid("fraction", text, "a number from 0 to 1, as in 0.37");
    }
    return value.doubleValue();
  }
}
