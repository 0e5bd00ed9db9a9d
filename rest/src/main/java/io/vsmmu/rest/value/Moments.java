package io.vsmmu.rest.value;

import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Places of the log as requests write them. */
public final class Moments {

  /** Years that an instant may have: what the log's microseconds can hold by far. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]+");

  private Moments() {}

  /** A position of the whole log, from 0. */
  public static long position(String field, String text) {
    return Numbers.between(field, text, 0, Long.MAX_VALUE);
  }

  /** An instant (RFC 3339). */
  public static Instant instant(String field, String text) {
    return instant(field, text, "an instant (RFC 3339, years 1 to 9999), 2026-01-31T12:00:00Z");
  }

  /** A position or an instant. */
  public static LogPoint when(String field, String text) {
    return DIGITS.matcher(text).matches()
        ? LogPoint.position(position(field, text))
        : LogPoint.instant(
            instant(field, text, "a position, as in 120, or an instant, as 2026-01-31T12:00:00Z"));
  }

  /** A position or an instant, null for null. */
  public static @Nullable LogPoint optional(String field, @Nullable String text) {
    return text == null ? null : when(field, text);
  }

  private static Instant instant(String field, String text, String allowed) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
        return instant;
      }
    } catch (DateTimeException notAnInstant) {
      throw ProblemException.invalid(field, text, allowed);
    }
    throw ProblemException.invalid(field, text, allowed);
  }
}
