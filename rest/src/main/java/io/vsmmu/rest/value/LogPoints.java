package io.vsmmu.rest.value;

import io.vsmmu.db.log.BookmarkName;
import io.vsmmu.rest.problem.MalformedValueException;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.GivenPosition.AtBookmark;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads points of the log as requests write them: positions, bookmarks and instants. */
public final class LogPoints {

  /** The years that RFC 3339 can write. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");
  private static final Pattern DIGITS = Pattern.compile("[-+]?[0-9]+");

  private static final String A_POSITION =
      "a position, as in 120, or a bookmark, as in " + BookmarkName.MARK + "nic-stops";

  private static final String A_POINT =
      "a position, as in 120, a bookmark, as in "
          + BookmarkName.MARK
          + "nic-stops, or an instant, as 2026-01-31T12:00:00Z";

  private LogPoints() {}

  /**
   * Reads a position, from 0, a bookmark behind its mark, or an instant of RFC 3339.
   *
   * @throws MalformedValueException for another text
   */
  static GivenPoint parse(String text) {
    return DIGITS.matcher(text).matches() || text.startsWith(BookmarkName.MARK)
        ? position(text)
        : new GivenPoint.AtInstant(instant(text, A_POINT));
  }

  /**
   * Reads a position, from 0, or a bookmark behind its mark.
   *
   * @throws MalformedValueException for another text
   */
  static GivenPosition position(String text) {
    if (text.startsWith(BookmarkName.MARK)) {
      String name = text.substring(BookmarkName.MARK.length());
      if (!BookmarkName.isAllowed(name)) {
        throw new MalformedValueException(
            text,
            "%s and the name of a bookmark: %s".formatted(BookmarkName.MARK, BookmarkName.ALLOWED));
      }
      return new AtBookmark(name);
    }
    if (!DIGITS.matcher(text).matches()) {
      throw new MalformedValueException(text, A_POSITION);
    }
    return GivenPosition.at(Numbers.between(text, 0, Long.MAX_VALUE));
  }

  /** A position, a bookmark or an instant in a field of a request's body; null if it is absent. */
  public static @Nullable GivenPoint inField(String field, @Nullable String text) {
    return text == null ? null : inField(field, text, LogPoints::parse);
  }

  /** A position or a bookmark in a field of a request's body. */
  public static GivenPosition positionInField(String field, String text) {
    return inField(field, text, LogPoints::position);
  }

  private static <T> T inField(String field, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
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
