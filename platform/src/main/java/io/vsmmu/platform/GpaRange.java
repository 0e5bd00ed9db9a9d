package io.vsmmu.platform;

/**
 * A range of guest-physical addresses.
 *
 * @param base address of the first byte, unsigned
 * @param bytes length in bytes, unsigned, at least 1; the range ends at 2^64 at the latest
 */
public record GpaRange(long base, long bytes) {

  /**
   * The I/O virtual addresses that Linux reserves on the host for the MSI doorbells of devices
   * behind an SMMU (MSI_IOVA_BASE and MSI_IOVA_LENGTH in arm-smmu-v3.c). A guest whose tables are
   * used for translation must map the range one to one and not use it otherwise; an RMR node of the
   * IORT demands that.
   */
  public static final GpaRange MSI_WINDOW = new GpaRange(0x800_0000L, 0x10_0000L);

  public GpaRange {
    boolean wraps = base != 0 && Long.compareUnsigned(bytes, -base) > 0;
    if (bytes == 0 || wraps) {
      throw new IllegalArgumentException(
          "not a range: " + Refusals.hex(base) + " + " + Refusals.hex(bytes));
    }
  }

  /** Address of the last byte, unsigned. */
  public long last() {
    return base + bytes - 1;
  }

  public boolean overlaps(GpaRange other) {
    return Long.compareUnsigned(base, other.last()) <= 0
        && Long.compareUnsigned(other.base, last()) <= 0;
  }
}
