package io.vsmmu.projections.view;

import io.vsmmu.smmu.bits.FieldTable.Field;
import java.util.Arrays;
import java.util.List;

/** How numbers of the architecture are written: {@code 0x} and lower-case digits, unsigned. */
public final class Hex {

  /** Fields this wide hold addresses: written where they stand, with the zeros below them. */
  private static final int ADDRESS_BITS = 36;

  /** Fields up to this wide (ASID, VMID, sizes, flags) are written as plain numbers. */
  private static final int PLAIN_BITS = 16;

  private Hex() {}

  /** A 64-bit word. */
  public static String of(long word) {
    return "0x" + Long.toHexString(word);
  }

  /** A StreamID or a 32-bit register. */
  public static String of(int word) {
    return "0x" + Integer.toHexString(word);
  }

  /** Words, one string each. */
  public static List<String> words(long... words) {
    return Arrays.stream(words).mapToObj(Hex::of).toList();
  }

  /** A field's value: a string for addresses and StreamIDs, a number for what is smaller. */
  static Object field(Field field, long... words) {
    int width = field.bits().width();
    if (width >= ADDRESS_BITS) {
      return of(field.bits().inPlace(words[field.word()]));
    }
    return width > PLAIN_BITS ? (Object) of(field.get(words)) : (Object) field.get(words);
  }
}
