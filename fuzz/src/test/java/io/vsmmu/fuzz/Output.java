package io.vsmmu.fuzz;

import java.io.ByteArrayOutputStream;

/** Writes values as {@link Input} reads them, for inputs to begin with. */
final class Output {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Output u8(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  Output u16(int value) {
    return u8(value & 0xff, value >> 8 & 0xff);
  }

  Output i32(int value) {
    return u16(value & 0xffff).u16(value >>> 16);
  }

  Output i64(long value) {
    return i32((int) value).i32((int) (value >>> 32));
  }

  /** A {@link Input#number} in its longest form. */
  Output number(long value) {
    return u8(0xff).i64(value);
  }

  Output bytes(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
