package io.vsmmu.recordings.log;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A byte array that grows as numbers, strings and bytes are appended to it. */
final class ByteWriter {

  private byte[] bytes;
  private int size;

  ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  void u8(int value) {
    ensureRoom(1);
    bytes[size++] = (byte) value;
  }

  void u32(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      u8(value >>> shift);
    }
  }

  void u64(long value) {
    u32((int) (value >>> 32));
    u32((int) value);
  }

  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      u8((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    u8((int) rest);
  }

  void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  void raw(byte[] from) {
    ensureRoom(from.length);
    System.arraycopy(from, 0, bytes, size, from.length);
    size += from.length;
  }

  /**
   * @throws IllegalArgumentException if the text is too long or not encodable
   */
  void string(String text, int limit) {
    ByteBuffer encoded;
    try {
      encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not encodable as UTF-8: " + text, e);
    }
    int length = encoded.remaining();
    if (length > limit) {
      throw new IllegalArgumentException("text of " + length + " bytes, allowed are " + limit);
    }
    varint(length);
    ensureRoom(length);
    encoded.get(bytes, size, length);
    size += length;
  }

  private void ensureRoom(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
