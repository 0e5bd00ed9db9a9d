package io.vsmmu.debugger.timeline;

import java.io.ByteArrayOutputStream;

/** Numbers in seven bits a byte, the low-order ones first, as in protocol buffers. */
final class Varints {

  private static final int BITS = 7;
  private static final int LOW = (1 << BITS) - 1;
  private static final int MORE = 1 << BITS;

  private Varints() {}

  /** Collects numbers. Not thread-safe. */
  static final class Writer {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Appends a number, which is short if it is small and not negative. */
    Writer put(long number) {
      long rest = number;
      while ((rest & ~LOW) != 0) {
        bytes.write((int) (rest & LOW) | MORE);
        rest >>>= BITS;
      }
      bytes.write((int) rest);
      return this;
    }

    /** Appends a number that may be negative; it is short if it is near 0. */
    Writer putSigned(long number) {
      return put((number << 1) ^ (number >> (Long.SIZE - 1)));
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }

    int size() {
      return bytes.size();
    }
  }

  /** Reads numbers in the order in which they were written. Not thread-safe. */
  static final class Reader {

    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean atEnd() {
      return at == bytes.length;
    }

    long next() {
      long number = 0;
      int shift = 0;
      byte read;
      do {
        read = bytes[at++];
        number |= (long) (read & LOW) << shift;
        shift += BITS;
      } while (read < 0);
      return number;
    }

    long nextSigned() {
      long encoded = next();
      return (encoded >>> 1) ^ -(encoded & 1);
    }
  }
}
