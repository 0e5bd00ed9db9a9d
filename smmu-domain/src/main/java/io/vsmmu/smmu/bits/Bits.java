package io.vsmmu.smmu.bits;

/**
 * A field of a 64-bit word.
 *
 * @param name the specification's name of the field
 * @param lsb lowest bit, 0..63
 * @param msb highest bit, {@code lsb}..63
 */
public record Bits(String name, int lsb, int msb) {

  public Bits {
    if (lsb < 0 || msb > 63 || lsb > msb) {
      throw new IllegalArgumentException(
          "%s: [%d:%d] is not within [63:0]".formatted(name, msb, lsb));
    }
  }

  /** The field of this name at {@code [msb:lsb]}. */
  public static Bits field(String name, int msb, int lsb) {
    return new Bits(name, lsb, msb);
  }

  /** The one-bit field of this name. */
  public static Bits bit(String name, int bit) {
    return new Bits(name, bit, bit);
  }

  /** The width in bits, 1 to 64. */
  public int width() {
    return msb - lsb + 1;
  }

  /** The field's bits within the word, all ones. */
  public long mask() {
    return (-1L >>> (64 - width())) << lsb;
  }

  /** The field's value within {@code word}, unsigned, right-aligned. */
  public long get(long word) {
    return (word & mask()) >>> lsb;
  }

  /** Whether any bit of the field is set in {@code word}. */
  public boolean isSet(long word) {
    return (word & mask()) != 0;
  }

  /** {@code word} with the field set to the low {@link #width()} bits of {@code value}. */
  public long set(long word, long value) {
    return (word & ~mask()) | ((value << lsb) & mask());
  }

  /**
   * The field's bits of {@code word} where they stand, all others zero: an address field as an
   * address.
   */
  public long inPlace(long word) {
    return word & mask();
  }

  /** {@code word} with the field's bits taken from the same positions of {@code value}. */
  public long setInPlace(long word, long value) {
    return (word & ~mask()) | (value & mask());
  }

  /** Whether {@code value}, read as unsigned, fits the field. */
  public boolean holds(long value) {
    return (value & ~(-1L >>> (64 - width()))) == 0;
  }
}
