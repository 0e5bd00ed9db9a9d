package io.vsmmu.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the driver finds in its ROM: the container in the second image. */
public record RomImage(long placeholder, byte[] tables) {

  private static final int BLOCK = 512;
  private static final int HEADER = 24;

  /** Reads a ROM as the driver does. */
  public static RomImage read(byte[] bytes) {
    ByteBuffer rom = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int image = rom.getShort(rom.getShort(0x18) + 0x10) * BLOCK;
    int container = image + rom.getShort(image + 2);
    String magic = new String(bytes, container, 8, StandardCharsets.US_ASCII);
    if (rom.getShort(image) != (short) 0xAA55 || !magic.equals("vSMMUtab")) {
      throw new AssertionError("no container, but " + magic);
    }
    int from = container + HEADER;
    return new RomImage(
        rom.getLong(container + 8), Arrays.copyOfRange(bytes, from, from + rom.getInt(from - 8)));
  }

  public byte[] iort() {
    int length = ByteBuffer.wrap(tables).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return Arrays.copyOf(tables, length);
  }

  /** The tables after the IORT. */
  public byte[] others() {
    return Arrays.copyOfRange(tables, iort().length, tables.length);
  }
}
