package io.vsmmu.platform.acpi;

/** Encodes the AML terms of {@link PreserveBootConfiguration}. Source: ACPI 6.5, chapter 20. */
final class Aml {

  static final int ARG0 = 0x68;
  static final int ARG2 = 0x6A;
  static final int ZERO = 0x00;
  private static final int ONE = 0x01;
  private static final int BYTE_PREFIX = 0x0A;
  private static final int SCOPE = 0x10;
  private static final int BUFFER = 0x11;
  private static final int METHOD = 0x14;
  private static final int EXTERNAL = 0x15;
  private static final int DUAL_NAME = 0x2E;
  private static final int MULTI_NAME = 0x2F;
  private static final int ROOT = 0x5C;
  private static final int L_EQUAL = 0x93;
  private static final int IF = 0xA0;
  private static final int RETURN = 0xA4;
  private static final int DEVICE_OBJECT = 6;
  private static final int ONE_BYTE_LENGTH = 0x3F;

  private Aml() {}

  static byte[] name(AcpiPath path) {
    AcpiBytes out = new AcpiBytes().u8(ROOT);
    int count = path.segments().size();
    if (count == 2) {
      out.u8(DUAL_NAME);
    } else if (count > 2) {
      out.u8(MULTI_NAME).u8(count);
    }
    path.segments().forEach(segment -> out.text(segment, 4, '_'));
    return out.toBytes();
  }

  static byte[] external(AcpiPath device) {
    return join(bytes(EXTERNAL), name(device), bytes(DEVICE_OBJECT, 0));
  }

  static byte[] scope(AcpiPath device, byte[] terms) {
    return withLength(SCOPE, join(name(device), terms));
  }

  static byte[] method(String name, int arguments, byte[] terms) {
    byte[] head = new AcpiBytes().text(name, 4, '_').u8(arguments).toBytes();
    return withLength(METHOD, join(head, terms));
  }

  static byte[] when(byte[] predicate, byte[]... terms) {
    return withLength(IF, join(predicate, join(terms)));
  }

  static byte[] equal(int argument, byte[] value) {
    return join(bytes(L_EQUAL, argument), value);
  }

  static byte[] returning(byte[] value) {
    return join(bytes(RETURN), value);
  }

  /** An integer from 0 to 255 in its shortest encoding. */
  static byte[] integer(int value) {
    return value <= ONE ? bytes(value) : bytes(BYTE_PREFIX, value);
  }

  static byte[] buffer(byte[] content) {
    return withLength(BUFFER, join(integer(content.length), content));
  }

  static byte[] join(byte[]... parts) {
    AcpiBytes out = new AcpiBytes();
    for (byte[] part : parts) {
      out.bytes(part);
    }
    return out.toBytes();
  }

  private static byte[] bytes(int... values) {
    AcpiBytes out = new AcpiBytes();
    for (int value : values) {
      out.u8(value);
    }
    return out.toBytes();
  }

  /** An opcode with its PkgLength (20.2.4), which counts itself, and the terms. */
  private static byte[] withLength(int opcode, byte[] rest) {
    AcpiBytes out = new AcpiBytes().u8(opcode);
    int length = rest.length + 1;
    if (length <= ONE_BYTE_LENGTH) {
      return out.u8(length).bytes(rest).toBytes();
    }
    int following = 1;
    while (rest.length + 1 + following >= 1 << (4 + 8 * following)) {
      following++;
    }
    length = rest.length + 1 + following;
    out.u8(following << 6 | (length & 0xF));
    for (int i = 0; i < following; i++) {
      out.u8(length >>> (4 + 8 * i));
    }
    return out.bytes(rest).toBytes();
  }
}
