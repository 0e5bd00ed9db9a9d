package io.vsmmu.platform.pci;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;

/** A copy of the configuration space of a PCI Express function, 4096 bytes. Immutable. */
public final class ConfigImage {

  /** Length of the configuration space of every function; extended space begins behind it. */
  static final int CONVENTIONAL_BYTES = 0x100;

  /** Length of the configuration space of a PCI Express function. */
  static final int BYTES = 0x1000;

  /** What a read returns to which no function responds. */
  static final int NO_RESPONSE = 0xFFFF_FFFF;

  private final byte[] bytes;

  private ConfigImage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** An image of {@code bytes}, which are copied; refused if they have no extended space. */
  public static BuildResult<ConfigImage> of(byte[] bytes) {
    if (bytes.length == CONVENTIONAL_BYTES) {
      return noExtendedSpace("256 bytes", "the function is conventional PCI");
    }
    if (bytes.length != BYTES) {
      return Refusals.refused(
          "image.size",
          Integer.toString(bytes.length),
          Integer.toString(BYTES),
          "read the whole configuration space");
    }
    ConfigImage image = new ConfigImage(bytes.clone());
    if (image.u32(CONVENTIONAL_BYTES) == NO_RESPONSE) {
      return noExtendedSpace("0xffffffff at 0x100", "nothing answers behind the first 256 bytes");
    }
    if (image.isRepeated()) {
      return noExtendedSpace(
          "the first 256 bytes again and again", "a bridge on the way ignores the upper offset");
    }
    return new BuildResult.Built<>(image);
  }

  /** An image of bytes that were read from an image before; not copied. */
  static ConfigImage unchecked(byte[] bytes) {
    return new ConfigImage(bytes);
  }

  /** A copy of all 4096 bytes of the configuration space. */
  public byte[] bytes() {
    return bytes.clone();
  }

  int u32(int offset) {
    return u16(offset) | u16(offset + 2) << 16;
  }

  int u16(int offset) {
    return (bytes[offset] & 0xFF) | (bytes[offset + 1] & 0xFF) << 8;
  }

  boolean isZero(int from, int to) {
    return lastNonZero(from, to) < from;
  }

  /** Offset of the last byte in {@code [from, to)} that is not 0; {@code from - 1} if all are. */
  int lastNonZero(int from, int to) {
    int at = to - 1;
    while (at >= from && bytes[at] == 0) {
      at--;
    }
    return at;
  }

  /**
   * Whether the first word is repeated every 256 bytes, by which Linux recognizes a bridge that
   * ignores the upper four bits of the offset (drivers/pci/probe.c, pci_ext_cfg_is_aliased).
   */
  private boolean isRepeated() {
    boolean repeated = u32(0) != 0;
    for (int at = CONVENTIONAL_BYTES; at < bytes.length; at += CONVENTIONAL_BYTES) {
      repeated &= u32(at) == u32(0);
    }
    return repeated;
  }

  private static BuildResult<ConfigImage> noExtendedSpace(String given, String why) {
    return Refusals.refused(
        "image.extendedSpace",
        given,
        "a PCI Express configuration space of 4096 bytes",
        why + ": it cannot have extended capabilities");
  }
}
