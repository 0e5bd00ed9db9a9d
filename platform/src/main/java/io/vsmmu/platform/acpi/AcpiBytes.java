package io.vsmmu.platform.acpi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Appends numbers, strings and bytes to an array, in the little-endian order of ACPI. */
final class AcpiBytes {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  AcpiBytes u8(int value) {
    bytes.write(value);
    return this;
  }

  AcpiBytes u16(int value) {
    return u8(value).u8(value >>> 8);
  }

  AcpiBytes u32(long value) {
    return u16((int) value).u16((int) (value >>> 16));
  }

  AcpiBytes u64(long value) {
    return u32(value).u32(value >>> 32);
  }

  /** ASCII characters, padded to {@code length} bytes with {@code padding}. */
  AcpiBytes text(String text, int length, int padding) {
    bytes(text.getBytes(StandardCharsets.US_ASCII));
    for (int i = text.length(); i < length; i++) {
      u8(padding);
    }
    return this;
  }

  AcpiBytes bytes(byte[] more) {
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
