package io.vsmmu.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A position in the log of all vSMMUs.
 *
 * @param value from 1; 0 stands before the first event
 */
record Position(long value) {

  /** Reads a whole number from 0 to 2^63 - 1. */
  static final class Converter implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      try {
        long value = Long.parseLong(text);
        if (value >= 0) {
          return new Position(value);
        }
      } catch (NumberFormatException notANumber) {
        throw refused(text);
      }
      throw refused(text);
    }

    private static TypeConversionException refused(String text) {
      return new TypeConversionException(
          "'%s' is not a position; allowed: whole numbers from 0 to %d"
              .formatted(text, Long.MAX_VALUE));
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
