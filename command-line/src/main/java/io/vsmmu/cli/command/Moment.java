package io.vsmmu.cli.command;

import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A position of the log, or an instant in UTC (RFC 3339).
 *
 * @param parameter the text in a request
 */
record Moment(String parameter) {

  /** Reads a whole number from 0 or an instant. */
  static final class Converter implements ITypeConverter<Moment> {
    @Override
    public Moment convert(String text) {
      if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new Moment(new Position.Converter().convert(text).toString());
      }
      try {
        return new Moment(Instant.parse(text).toString());
      } catch (DateTimeException notAnInstant) {
        throw new TypeConversionException(
            "'%s' is not a moment; allowed: a position such as 120, or an instant such as %s"
                .formatted(text, "2026-01-31T12:00:00Z"));
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

  @Override
  public String toString() {
    return parameter;
  }
}
