package io.vsmmu.platform.acpi;

/**
 * StreamIDs that follow each other.
 *
 * @param first unsigned 32 bits
 * @param count at least 1
 */
public record StreamRange(long first, long count) {

  /** The one beyond the last. */
  long end() {
    return first + count;
  }

  boolean contains(StreamRange other) {
    return other.first >= first && other.end() <= end();
  }

  boolean overlaps(StreamRange other) {
    return first < other.end() && other.first < end();
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(first) + "+" + count;
  }
}
