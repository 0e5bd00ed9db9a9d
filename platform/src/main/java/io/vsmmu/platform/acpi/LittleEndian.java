package io.vsmmu.platform.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes in the order of ACPI. */
final class LittleEndian {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  LittleEndian u8(int value) {
    bytes.write(value);
    return this;
  }

  LittleEndian u16(int value) {
    return u8(value).u8(value >>> 8);
  }

  LittleEndian u32(long value) {
    return u16((int) value).u16((int) (value >>> 16));
  }

  LittleEndian u64(long value) {
    return u32(value).u32(value >>> 32);
  }

  /** ASCII, padded to {@code length} bytes. */
  LittleEndian text(String text, int length, int padding) {
    bytes(text.getBytes(StandardCharsets.US_ASCII));
    for (int i = text.length(); i < length; i++) {
      u8(padding);
    }
    return this;
  }

  LittleEndian bytes(byte[] more) {
    bytes.write(more, 0, more.length);
    return this;
  }

  int size() {
    return bytes.size();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
