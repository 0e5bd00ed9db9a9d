package io.vsmmu.platform.pci;

import io.vsmmu.platform.Outcome;
import io.vsmmu.platform.Refusals;

/** What a function shows as configuration space at one moment; 4096 bytes, never changed. */
public final class ConfigImage {

  private static final int NOBODY_ANSWERS = 0xFFFF_FFFF;

  private final byte[] bytes;

  private ConfigImage(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of {@code bytes}, or why they are not a space with room for extended capabilities. */
  public static Outcome<ConfigImage> of(byte[] bytes) {
    if (bytes.length == ConfigLimits.LEGACY_BYTES) {
      return noExtendedSpace("256 bytes", "the function is conventional PCI");
    }
    if (bytes.length != ConfigLimits.BYTES) {
      return Refusals.refused(
          "image.size",
          Integer.toString(bytes.length),
          Integer.toString(ConfigLimits.BYTES),
          "read the whole configuration space");
    }
    ConfigImage image = new ConfigImage(bytes.clone());
    if (image.u32(ConfigLimits.LEGACY_BYTES) == NOBODY_ANSWERS) {
      return noExtendedSpace("0xffffffff at 0x100", "nothing answers behind the first 256 bytes");
    }
    if (image.isRepeated()) {
      return noExtendedSpace(
          "the first 256 bytes again and again", "a bridge on the way ignores the upper offset");
    }
    return new Outcome.Made<>(image);
  }

  /** Of bytes that came out of an image. */
  static ConfigImage unchecked(byte[] bytes) {
    return new ConfigImage(bytes);
  }

  /** A copy. */
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

  /** Offset of the last byte of {@code [from, to)} that is not 0; below {@code from} without. */
  int lastNonZero(int from, int to) {
    int at = to - 1;
    while (at >= from && bytes[at] == 0) {
      at--;
    }
    return at;
  }

  /** What Linux takes for a sign of a bridge that drops the upper four bits of the offset. */
  private boolean isRepeated() {
    boolean repeated = u32(0) != 0;
    for (int at = ConfigLimits.LEGACY_BYTES; at < bytes.length; at += ConfigLimits.LEGACY_BYTES) {
      repeated &= u32(at) == u32(0);
    }
    return repeated;
  }

  private static Outcome<ConfigImage> noExtendedSpace(String given, String why) {
    return Refusals.refused(
        "image.extendedSpace",
        given,
        "a PCI Express configuration space of 4096 bytes",
        why + ": it cannot have extended capabilities");
  }
}
