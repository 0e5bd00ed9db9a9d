package io.vsmmu.smmu.spec;

/**
 * A range of 64-bit addresses, both ends included, compared as unsigned. Never empty and never
 * wrapping.
 */
public record AddressRange(long first, long last) {

  public static final AddressRange ALL = new AddressRange(0, -1L);

  public AddressRange {
    if (Long.compareUnsigned(first, last) > 0) {
      throw new IllegalArgumentException("0x%x..0x%x is empty".formatted(first, last));
    }
  }

  /**
   * {@code bytes} (at least 1, unsigned) from {@code first}, cut at the top of the address space.
   */
  public static AddressRange of(long first, long bytes) {
    long last = first + bytes - 1;
    return new AddressRange(first, Long.compareUnsigned(last, first) < 0 ? -1L : last);
  }
}
