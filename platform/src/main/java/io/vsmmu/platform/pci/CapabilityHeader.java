package io.vsmmu.platform.pci;

/**
 * Header of an extended capability.
 *
 * @param offset where it is, 0x100 to 0xffc
 * @param id what it is, 0 to 0xffff; 0 and 0xffff for an empty place that only holds the list
 * @param version 0 to 15
 * @param next offset of the next one, 0 at the end
 */
public record CapabilityHeader(int offset, int id, int version, int next) {

  private static final int NEXT_SHIFT = 20;
  private static final int VERSION_SHIFT = 16;

  /** The lowest two bits of the next offset are reserved. */
  private static final int NEXT_MASK = 0xFFC;

  static CapabilityHeader read(ConfigImage image, int offset) {
    int value = image.u32(offset);
    return new CapabilityHeader(
        offset, value & 0xFFFF, value >>> VERSION_SHIFT & 0xF, value >>> NEXT_SHIFT & NEXT_MASK);
  }

  /** Whether it only holds the list: a function's first place has to be taken. */
  public boolean isPlaceholder() {
    return id == 0 || id == 0xFFFF;
  }

  CapabilityHeader withNext(int offsetOfNext) {
    return new CapabilityHeader(offset, id, version, offsetOfNext);
  }

  int value() {
    return id | version << VERSION_SHIFT | next << NEXT_SHIFT;
  }
}
