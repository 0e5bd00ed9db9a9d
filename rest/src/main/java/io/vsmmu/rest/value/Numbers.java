package io.vsmmu.rest.value;

import io.vsmmu.rest.problem.MalformedValueException;
import io.vsmmu.rest.problem.ProblemException;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** Numbers as requests may write them: {@code 0x900} or decimal. */
public final class Numbers {

  public static final int SID_BITS = 32;

  public static final int ASID_BITS = 16;

  public static final int ADDRESS_BITS = 64;

  private static final int HEXADECIMAL = 16;
  private static final int DECIMAL = 10;
  private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}");

  private Numbers() {}

  /** An unsigned number of up to 64 bits in a field of a request's body. */
  public static long unsigned(String field, String text, int bits) {
    return inField(field, () -> unsigned(text, bits));
  }

  /** A StreamID in a field of a request's body. */
  public static int sid(String field, String text) {
    return (int) unsigned(field, text, SID_BITS);
  }

  /** A decimal number between two others, both included, in a field of a request's body. */
  public static long between(String field, String text, long first, long last) {
    return inField(field, () -> between(text, first, last));
  }

  static long unsigned(String text, int bits) {
    String required = "an unsigned number of %d bits, as in 0x900 or 2304".formatted(bits);
    if (!NUMBER.matcher(text).matches()) {
      throw new MalformedValueException(text, required);
    }
    boolean hexadecimal = text.length() > 1 && Character.toLowerCase(text.charAt(1)) == 'x';
    try {
      long value =
          hexadecimal
              ? Long.parseUnsignedLong(text.substring(2), HEXADECIMAL)
              : Long.parseUnsignedLong(text, DECIMAL);
      if (bits == Long.SIZE || value >>> bits == 0) {
        return value;
      }
    } catch (NumberFormatException tooLarge) {
      throw new MalformedValueException(text, required);
    }
    throw new MalformedValueException(text, required);
  }

  static long between(String text, long first, long last) {
    try {
      if (!text.startsWith("+")) {
        long value = Long.parseLong(text);
        if (first <= value && value <= last) {
          return value;
        }
      }
    } catch (NumberFormatException notANumber) {
      throw new MalformedValueException(text, span(first, last));
    }
    throw new MalformedValueException(text, span(first, last));
  }

  private static long inField(String field, LongSupplier parser) {
    try {
      return parser.getAsLong();
    } catch (MalformedValueException malformed) {
      throw ProblemException.invalid(field, malformed.given(), malformed.required());
    }
  }

  private static String span(long first, long last) {
    return last == Long.MAX_VALUE
        ? "a whole number from " + first
        : "a whole number from %d to %d".formatted(first, last);
  }
}
