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

  /** Writes the words at the buffer's position and moves it past them. */
  static void write(ByteBuffer buffer, long... words) {
    ByteBuffer view = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words) {
      view.putLong(word);
    }
    buffer.position(buffer.position() + words.length * Long.BYTES);
  }

  static byte[] bytes(long... words) {
    byte[] bytes = new byte[words.length * Long.BYTES];
    write(ByteBuffer.wrap(bytes), words);
    return bytes;
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
