package io.vsmmu.platform;

/**
 * A range of guest-physical addresses.
 *
 * @param base its first byte, unsigned
 * @param bytes its size, positive, not beyond 2^64
 */
public record GpaRange(long base, long bytes) {

  /**
   * Where Linux puts the MSI doorbells of devices behind an SMMU on the host (MSI_IOVA_BASE and
   * MSI_IOVA_LENGTH of its arm-smmu-v3 driver). A guest that translates must leave it alone and map
   * it one to one, which is what an RMR node tells it.
   */
  public static final GpaRange MSI_WINDOW = new GpaRange(0x800_0000L, 0x10_0000L);

  public GpaRange {
    boolean wraps = base != 0 && Long.compareUnsigned(bytes, -base) > 0;
    if (bytes == 0 || wraps) {
      throw new IllegalArgumentException(
          "not a range: " + Refusals.hex(base) + " + " + Refusals.hex(bytes));
    }
  }

  /** Its last byte, unsigned. */
  public long last() {
    return base + bytes - 1;
  }

  public boolean overlaps(GpaRange other) {
    return Long.compareUnsigned(base, other.last()) <= 0
        && Long.compareUnsigned(other.base, last()) <= 0;
  }
}
