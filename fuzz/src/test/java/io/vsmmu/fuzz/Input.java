package io.vsmmu.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the bytes of an input as values. Behind the end all values are 0. */
final class Input {

  private final byte[] bytes;
  private int at;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Whether bytes are left. */
  boolean more() {
    return at < bytes.length;
  }

  /** A byte, 0 to 255. */
  int u8() {
    return more() ? bytes[at++] & 0xff : 0;
  }

  boolean bool() {
    return (u8() & 1) != 0;
  }

  /** Two bytes, little-endian. */
  int u16() {
    return u8() | u8() << 8;
  }

  /** Four bytes, little-endian. */
  int i32() {
    return u16() | u16() << 16;
  }

  /** Eight bytes, little-endian. */
  long i64() {
    return Integer.toUnsignedLong(i32()) | (long) i32() << 32;
  }

  /** A number of which small and large ones, and those with few bits, take few bytes. */
  long number() {
    int form = u8();
    return switch (form >> 5) {
      case 0 -> form & 31;
      case 1 -> -1L - (form & 31);
      case 2 -> 1L << (form & 31);
      case 3 -> 1L << (form & 31) + 32;
      case 4 -> u8();
      case 5 -> (long) u16() << (form & 31);
      case 6 -> i32();
      default -> i64();
    };
  }

  /** An index, from 0 to less than {@code count}, which is at most 65536. */
  int index(int count) {
    return (count <= 256 ? u8() : u16()) % count;
  }

  <T> T any(T[] values) {
    return values[index(values.length)];
  }

  /** A number of bytes, fewer where the input ends. */
  byte[] bytes(int count) {
    int end = Math.min(bytes.length, at + count);
    byte[] read = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return read;
  }

  /** Everything that is left. */
  byte[] rest() {
    return bytes(bytes.length - at);
  }

  /** Everything that is left, as UTF-8; what is malformed is replaced. */
  String restAsText() {
    return new String(rest(), StandardCharsets.UTF_8);
  }
}
