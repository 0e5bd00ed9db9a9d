package io.vsmmu.acceptance.rest;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Files of {@code GET /vsmmus/{name}/export}. */
final class Exports {

  private static final int MAGIC_BYTES = 8;
  private static final int VERSION_BYTES = 2;
  private static final int CHECKSUM_BYTES = 4;

  private Exports() {}

  /** What follows the header: name, time of origin and exporter are in the header only. */
  static byte[] withoutHeader(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).position(MAGIC_BYTES + VERSION_BYTES);
    int fields = buffer.getInt();
    return Arrays.copyOfRange(file, buffer.position() + fields + CHECKSUM_BYTES, file.length);
  }
}
