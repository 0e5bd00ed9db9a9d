package io.vsmmu.platform.acpi;

/**
 * IDs that follow each other: StreamIDs, or requester IDs, which are StreamIDs too.
 *
 * @param first unsigned 32 bits
 * @param count at least 1
 */
public record StreamRange(long first, long count) {

  private static final long IDS = 1L << 32;

  /** The one beyond the last. */
  public long end() {
    return first + count;
  }

  /** Whether there are such IDs: at least one, none beyond 32 bits. */
  boolean exists() {
    return first >= 0 && first < IDS && count > 0 && count <= IDS - first;
  }

  public boolean contains(StreamRange other) {
    return other.first >= first && other.end() <= end();
  }

  public boolean overlaps(StreamRange other) {
    return first < other.end() && other.first < end();
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(first) + "+" + count;
  }
}
