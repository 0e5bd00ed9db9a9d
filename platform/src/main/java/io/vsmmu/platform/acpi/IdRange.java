package io.vsmmu.platform.acpi;

/**
 * Consecutive IDs: requester IDs, StreamIDs or DeviceIDs.
 *
 * @param first unsigned 32 bits
 * @param count at least 1
 */
public record IdRange(long first, long count) {

  private static final long IDS = 1L << 32;

  /** The first ID after the range, exclusive end. */
  public long end() {
    return first + count;
  }

  /** Whether the range has at least one ID and no ID of more than 32 bits. */
  boolean exists() {
    return first >= 0 && first < IDS && count > 0 && count <= IDS - first;
  }

  public boolean contains(IdRange other) {
    return other.first >= first && other.end() <= end();
  }

  public boolean overlaps(IdRange other) {
    return first < other.end() && other.first < end();
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(first) + "+" + count;
  }
}
