package io.vsmmu.smmu.spec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Structures in memory: little-endian 64-bit words, whatever order the buffer was given. */
final class LittleEndian {

  private LittleEndian() {}

  /** Reads {@code count} words at the buffer's position and moves it past them. */
  static long[] read(ByteBuffer buffer, int count) {
    long[] words = new long[count];
    ByteBuffer view = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      words[i] = view.getLong();
    }
    buffer.position(buffer.position() + count * Long.BYTES);
    return words;
  }

  static byte[] bytes(long... words) {
    ByteBuffer buffer =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(words);
    return buffer.array();
  }

  /** The words of {@code bytes}, which must be exactly {@code count} of them. */
  static long[] words(byte[] bytes, int count) {
    if (bytes.length != count * Long.BYTES) {
      throw new IllegalArgumentException(
          "%d bytes expected, got %d".formatted(count * Long.BYTES, bytes.length));
    }
    return read(ByteBuffer.wrap(bytes), count);
  }
}
