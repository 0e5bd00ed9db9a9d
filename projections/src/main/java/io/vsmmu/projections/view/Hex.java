package io.vsmmu.projections.view;

import io.vsmmu.smmu.bits.FieldTable.Field;
import java.util.Arrays;
import java.util.List;

/**
 * Formats numbers of the architecture: {@code 0x} and lower-case digits, unsigned, without leading
 * zeros.
 */
public final class Hex {

  /**
   * Width from which a field counts as an address. It is shown in place, that is with its low-order
   * bits below the field as zeros.
   */
  private static final int ADDRESS_BITS = 36;

  /** Width up to which a field (ASID, VMID, sizes, flags) is shown as a plain number. */
  private static final int PLAIN_BITS = 16;

  private Hex() {}

  public static String of(long word) {
    return "0x" + Long.toHexString(word);
  }

  /** Formats a 32-bit value, such as a StreamID, without sign extension. */
  public static String of(int word) {
    return "0x" + Integer.toHexString(word);
  }

  /** Formats 64-bit words, one string each. */
  public static List<String> words(long... words) {
    return Arrays.stream(words).mapToObj(Hex::of).toList();
  }

  /**
   * The value of a field within its structure: a string for an address or StreamID, a number for a
   * narrower field.
   */
  public static Object field(Field field, long... words) {
    long value = number(field, words);
    return isText(field) ? (Object) of(value) : (Object) value;
  }

  /** The number that {@link #field} shows: that of an address in place, of others right-aligned. */
  public static long number(Field field, long... words) {
    return isInPlace(field) ? field.bits().inPlace(words[field.word()]) : field.get(words);
  }

  /** Whether {@link #field} shows the field in place, as an address. */
  public static boolean isInPlace(Field field) {
    return field.bits().width() >= ADDRESS_BITS;
  }

  /** Whether {@link #field} shows the field as a string. */
  public static boolean isText(Field field) {
    return field.bits().width() > PLAIN_BITS;
  }
}
