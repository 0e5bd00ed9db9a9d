package io.vsmmu.smmu.spec;

/**
 * A register, or one half of a 64-bit register, as one guest access addresses it.
 *
 * @param register the register
 * @param shift lowest bit of the register that the access covers: 0, or 32 for the upper half
 * @param widthBits bits covered: 32 or 64
 */
public record RegisterAccess(Register register, int shift, int widthBits) {

  /** The register's bits that the access covers. */
  public long mask() {
    return (-1L >>> (64 - widthBits)) << shift;
  }

  /** What a read returns when the whole register holds {@code value}, right-aligned. */
  public long read(long value) {
    return (value & mask()) >>> shift;
  }

  /** The whole register after {@code written} went to the covered bits of {@code value}. */
  public long merge(long value, long written) {
    return (value & ~mask()) | ((written << shift) & mask());
  }
}
