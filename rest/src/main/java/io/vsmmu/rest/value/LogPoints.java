package io.vsmmu.rest.value;

import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.MalformedValueException;
import io.vsmmu.rest.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Points of the log as requests write them: positions and instants. */
public final class LogPoints {

  /** The years that RFC 3339 can write. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]+");

  private LogPoints() {}

  /**
   * Reads a position, from 0, or an instant of RFC 3339.
   *
   * @throws MalformedValueException for another text
   */
  static LogPoint parse(String text) {
    return DIGITS.matcher(text).matches()
        ? LogPoint.position(Numbers.between(text, 0, Long.MAX_VALUE))
        : LogPoint.instant(
            instant(text, "a position, as in 120, or an instant, as 2026-01-31T12:00:00Z"));
  }

  /** A position or an instant in a field of a request's body; null if it is absent. */
  public static @Nullable LogPoint inField(String field, @Nullable String text) {
    try {
      return text == null ? null : parse(text);
    } catch (MalformedValueException malformed) {
      throw ProblemException.invalid(field, malformed.given(), malformed.required());
    }
  }

  /**
   * Reads an instant of RFC 3339.
   *
   * @throws MalformedValueException for another text
   */
  static Instant instant(String text) {
    return instant(text, "an instant (RFC 3339, years 1 to 9999), 2026-01-31T12:00:00Z");
  }

  private static Instant instant(String text, String required) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
        return instant;
      }
    } catch (DateTimeException notAnInstant) {
      throw new MalformedValueException(text, required);
    }
    throw new MalformedValueException(text, required);
  }
}
