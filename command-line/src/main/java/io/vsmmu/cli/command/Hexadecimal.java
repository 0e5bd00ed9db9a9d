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
      return parse(text, "a StreamID", 0, 0xffff_ffffL);
    }
  }

  /** ASIDs have 16 bits at most (IHI 0070, 5.4). */
  static final class AsidConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "an ASID", 0, 0xffffL);
    }
  }

  /** Virtual addresses have 64 bits. */
  static final class AddressConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "an address", 0, -1L);
    }
  }

  /** The length of a range of addresses in bytes, from 1. */
  static final class LengthConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "a length", 1, -1L);
    }
  }

  /** Offsets of extended capabilities in the configuration space of a PCI Express function. */
  static final class CapabilityOffsetConverter implements ITypeConverter<Hexadecimal> {
    @Override
    public Hexadecimal convert(String text) {
      return parse(text, "an offset of a capability", 0x100, 0xff8);
    }
  }

  private static Hexadecimal parse(String text, String what, long least, long most) {
    try {
      long value =
          text.regionMatches(true, 0, HEX_PREFIX, 0, HEX_PREFIX.length())
              ? Long.parseUnsignedLong(text.substring(HEX_PREFIX.length()), HEX)
              : Long.parseUnsignedLong(text);
      if (Long.compareUnsigned(value, least) >= 0 && Long.compareUnsigned(value, most) <= 0) {
        return new Hexadecimal(value);
      }
    } catch (NumberFormatException notANumber) {
      throw refused(text, what, least, most);
    }
    throw refused(text, what, least, most);
  }

  private static TypeConversionException refused(String text, String what, long least, long most) {
    return new TypeConversionException(
        "'%s' is not %s; allowed: 0x%x to 0x%x, or the same in decimal"
            .formatted(text, what, least, most));
  }

  @Override
  public String toString() {
    return HEX_PREFIX + Long.toHexString(value);
  }
}
