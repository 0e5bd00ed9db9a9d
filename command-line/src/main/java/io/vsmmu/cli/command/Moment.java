package io.vsmmu.cli.command;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * A position of the log, by its number or a bookmark, or an instant in UTC (RFC 3339).
 *
 * @param parameter the text in a request
 */
record Moment(String parameter) {

  /** Reads a position or an instant. */
  static final class Converter implements ITypeConverter<Moment> {
    @Override
    public Moment convert(String text) {
      if (Position.isBookmark(text) || text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new Moment(new Position.Converter().convert(text).toString());
      }
      try {
        return new Moment(Instant.parse(text).toString());
      } catch (DateTimeException notAnInstant) {
        throw new TypeConversionException(
            ("'%s' is not a moment; allowed: a position such as 120, a bookmark such as @nic-stops,"
                    + " or an instant such as 2026-01-31T12:00:00Z")
                .formatted(text));
      }
    }
  }

  /** Reads an instant; used where a position makes no sense. */
  static final class InstantConverter implements ITypeConverter<Moment> {
    @Override
    public Moment convert(String text) {
      try {
        return new Moment(Instant.parse(text).toString());
      } catch (DateTimeException notAnInstant) {
        throw new TypeConversionException(
            "'%s' is not an instant; allowed: an instant such as 2026-01-31T12:00:00Z"
                .formatted(text));
      }
    }
  }

  /**
   * Checks that one moment is not after another, if both are of one kind; which event an instant or
   * a bookmark means, only the service knows.
   *
   * @param from null if it is not given
   * @param to null if it is not given
   * @throws picocli.CommandLine.ParameterException if it is
   */
  static void checkOrder(
      RemoteCommand command,
      String fromName,
      @Nullable Moment from,
      String toName,
      @Nullable Moment to) {
    if (from == null || to == null) {
      return;
    }
    boolean backwards;
    if (from.isNumber() && to.isNumber()) {
      backwards = Long.parseLong(from.parameter) > Long.parseLong(to.parameter);
    } else {
      backwards =
          from.isInstant()
              && to.isInstant()
              && Instant.parse(from.parameter).isAfter(Instant.parse(to.parameter));
    }
    if (backwards) {
      throw command.wrong(
          "%s '%s' is before %s, which is %s; allowed: the same moment or a later one"
              .formatted(toName, to, fromName, from));
    }
  }

  private boolean isNumber() {
    return parameter.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  boolean isInstant() {
    return !isNumber() && !Position.isBookmark(parameter);
  }

  /** Whether it is certainly before an event, which has a position and a time. */
  boolean isBefore(JsonNode event) {
    return comparedTo(event) < 0;
  }

  /** Whether it is certainly behind an event, which has a position and a time. */
  boolean isBehind(JsonNode event) {
    return comparedTo(event) > 0;
  }

  private int comparedTo(JsonNode event) {
    if (Position.isBookmark(parameter)) {
      return 0;
    }
    return isNumber()
        ? Long.compare(Long.parseLong(parameter), event.path("position").asLong(0))
        : Instant.parse(parameter).compareTo(Instant.parse(event.path("time").asString("")));
  }

  @Override
  public String toString() {
    return parameter;
  }
}
