package io.vsmmu.platform.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Generated configuration spaces with the capabilities that they were built from. */
final class Images {

  /** A capability of an image and the bytes that it occupies. */
  record Part(int offset, int id, int bytes) {}

  /** An image with its parts in ascending order. */
  record Made(byte[] bytes, List<Part> parts) {

    boolean isFree(int from, int to) {
      return from >= 0x100
          && to <= 0x1000
          && parts.stream().noneMatch(p -> p.offset() < to && p.offset() + p.bytes() > from);
    }
  }

  private static final int SERIAL_NUMBER = 0x03;
  private static final int VENDOR_SPECIFIC = 0x0B;
  private static final int UNKNOWN = 0x7A;

  private Images() {}

  /** A device without extended capabilities. */
  static byte[] empty() {
    byte[] bytes = new byte[4096];
    put(bytes, 0, 0x0806_1234);
    return bytes;
  }

  static byte[] put(byte[] bytes, int offset, int value) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
    return bytes;
  }

  static int get(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
  }

  static byte[] header(byte[] bytes, int offset, int id, int version, int next) {
    return put(bytes, offset, id | version << 16 | next << 20);
  }

  /** A list with random gaps and lengths, up to a full space. */
  static Made random(long seed) {
    Random random = new Random(seed);
    byte[] bytes = empty();
    List<Part> parts = new ArrayList<>();
    int mostGap = List.of(0, 1, 2, 16, 256).get(random.nextInt(5));
    int mostParts = List.of(0, 1, 3, 20, 1024).get(random.nextInt(5));
    int at = 0x100;
    while (parts.size() < mostParts && at <= 0x1000 - 12) {
      Part part = part(random, at);
      if (part.offset() + part.bytes() > 0x1000) {
        break;
      }
      parts.add(part);
      at += part.bytes() + 4 * (mostGap == 0 ? 0 : random.nextInt(mostGap));
    }
    for (int i = 0; i < parts.size(); i++) {
      write(random, bytes, parts.get(i), i + 1 < parts.size() ? parts.get(i + 1).offset() : 0);
    }
    return new Made(bytes, parts);
  }

  private static Part part(Random random, int at) {
    return switch (random.nextInt(4)) {
      case 0 -> new Part(at, SERIAL_NUMBER, 12);
      case 1 -> new Part(at, VENDOR_SPECIFIC, 8 + 4 * random.nextInt(30));
      case 2 -> new Part(at, 0, 4);
      default -> new Part(at, UNKNOWN + random.nextInt(4), 8 + 4 * random.nextInt(16));
    };
  }

  private static void write(Random random, byte[] bytes, Part part, int next) {
    boolean placeholder = part.id() == 0;
    header(bytes, part.offset(), part.id(), placeholder ? 0 : 1, next);
    if (placeholder && next == 0) {
      header(bytes, part.offset(), 0xFFFF, 0, 0);
    }
    for (int i = 4; i < part.bytes(); i += 4) {
      int value = random.nextInt() | 1 << 31;
      put(bytes, part.offset() + i, value);
    }
    if (part.id() == VENDOR_SPECIFIC) {
      put(bytes, part.offset() + 4, part.bytes() << 20 | 0x1_0001);
      put(bytes, part.offset() + part.bytes() - 4, part.bytes() == 8 ? 8 << 20 : 0);
    }
  }
}
