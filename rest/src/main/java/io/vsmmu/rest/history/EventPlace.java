package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.EventWindow;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
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
                "Position, bookmark or instant: the page has as many events up to it as behind it,"
                    + " and neither after, before nor fraction may be given")
        @Nullable GivenPoint around,
    @Parameter(
            description = "0 to 1, as in 0.37: as around, at this fraction of the vSMMU's events",
            example = "0.37")
        @Nullable String fraction,
    @Parameter(description = "The previous of a page, or a bookmark: what lies before it")
        @Nullable GivenPosition before) {

  private static final Pattern FRACTION = Pattern.compile("[01]|[01]?\\.[0-9]{1,18}");

  /**
   * The window that is asked for; null for the page that {@code page} selects.
   *
   * @throws ProblemException if the log does not have the point
   */
  @Nullable EventWindow window(
      EventQueries queries,
      VsmmuDirectory directory,
      RegisteredVsmmu vsmmu,
      EventFilter filter,
      PageQuery page) {
    int given = one(around) + one(fraction) + one(before) + one(page.after());
    if (given > 1) {
      throw ProblemException.invalid(
          "around, fraction, before, after", given + " of them", "one of them at most");
    }
    LogPoint middle = directory.point(vsmmu, "around", around);
    if (middle != null) {
      if (middle instanceof LogPoint.AtPosition(long position)) {
        directory.checkWithinLog("around", position);
      }
      return queries.around(vsmmu.id(), filter, middle, page.items());
    }
    if (fraction != null) {
      LogPoint there = queries.atFraction(vsmmu.id(), parsed(fraction));
      return queries.around(vsmmu.id(), filter, there, page.items());
    }
    return before == null
        ? null
        : queries.before(
            vsmmu.id(), filter, directory.position(vsmmu, "before", before), page.items());
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
