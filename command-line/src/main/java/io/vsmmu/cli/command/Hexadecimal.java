package io.vsmmu.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An unsigned number of 64 bits, read from {@code 0x900} or {@code 2304}, written in hexadecimal.
 *
 * @param value its bits
 */
record Hexadecimal(long value) {

  private static final int HEX = 16;
  private static final String HEX_PREFIX = "0x";

  /** StreamIDs have 32 bits (IHI 0070, 3.3). */
  static final class StreamIdConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "a StreamID", 0xffff_ffffL);
    }
  }

  /** ASIDs have 16 bits at most (IHI 0070, 5.4). */
  static final class AsidConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "an ASID", 0xffffL);
    }
  }

  /** Virtual addresses have 64 bits. */
  static final class AddressConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "an address", -1L);
    }
  }

  private static Hexadecimal parse(String text, String what, long most) {
    try {
      long value =
          text.regionMatches(true, 0, HEX_PREFIX, 0, HEX_PREFIX.length())
              ? Long.parseUnsignedLong(text.substring(HEX_PREFIX.length()), HEX)
              : Long.parseUnsignedLong(text);
      if (Long.compareUnsigned(value, most) <= 0) {
        return new Hexadecimal(value);
      }
    } catch (NumberFormatException notANumber) {
      throw refused(text, what, most);
    }
    throw refused(text, what, most);
  }

  private static TypeConversionException refused(String text, String what, long most) {
    return new TypeConversionException(
        "'%s' is not %s; allowed: 0x0 to 0x%x, or the same in decimal".formatted(text, what, most));
  }

  @Override
  public String toString() {
    return HEX_PREFIX + Long.toHexString(value);
  }
}
