package io.vsmmu.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a decimal number between two others, both included. Each argument with other limits has a
 * subclass; what lies outside is a wrong argument, before any service is asked.
 */
public abstract class WholeNumber implements ITypeConverter<Long> {

  private final long first;
  private final long last;
  private final String allowed;

  WholeNumber(long first, long last) {
    this(first, last, "whole numbers from %d to %d".formatted(first, last));
  }

  /**
   * @param allowed says what the limits are, where some of the numbers have a meaning of their own
   */
  WholeNumber(long first, long last, String allowed) {
    this.first = first;
    this.last = last;
    this.allowed = allowed;
  }

  @Override
  public final Long convert(String text) {
    try {
      long value = Long.parseLong(text);
      if (first <= value && value <= last) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      throw refused(text);
    }
    throw refused(text);
  }

  private TypeConversionException refused(String text) {
    return new TypeConversionException("'%s' is not allowed; allowed: %s".formatted(text, allowed));
  }
}
