package io.vsmmu.vfiouser;

import java.nio.ByteBuffer;

/**
 * A little-endian unsigned number in a structure of the protocol.
 *
 * @param offset from the beginning of the structure, in bytes
 * @param bytes 2, 4 or 8
 */
record Field(int offset, int bytes) {

  /** Reads the field of the structure at index {@code base} of a little-endian buffer. */
  long get(ByteBuffer buffer, int base) {
    return switch (bytes) {
      case 2 -> buffer.getShort(base + offset) & 0xFFFFL;
      case 4 -> buffer.getInt(base + offset) & 0xFFFF_FFFFL;
      default -> buffer.getLong(base + offset);
    };
  }

  /** As {@link #get}, but only the lower 32 bits. */
  int getInt(ByteBuffer buffer, int base) {
    return (int) get(buffer, base);
  }

  /** Writes the field of the structure at index {@code base} of a little-endian buffer. */
  void put(ByteBuffer buffer, int base, long value) {
    switch (bytes) {
      case 2 -> buffer.putShort(base + offset, (short) value);
      case 4 -> buffer.putInt(base + offset, (int) value);
      default -> buffer.putLong(base + offset, value);
    }
  }
}
