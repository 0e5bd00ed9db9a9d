package io.vsmmu.platform.pci;

/**
 * The header of an extended capability (PCI Express 6.0, 7.6.3).
 *
 * @param offset its offset in configuration space, 0x100 to 0xffc
 * @param id capability ID, 0 to 0xffff; 0 and 0xffff mark a placeholder without a capability
 * @param version 0 to 15
 * @param next offset of the next header; 0 in the last one
 */
public record CapabilityHeader(int offset, int id, int version, int next) {

  /** Length of a header, and the alignment of capabilities. */
  static final int BYTES = 4;

  private static final int NEXT_SHIFT = 20;
  private static final int VERSION_SHIFT = 16;

  /** The two lowest bits of the next offset are reserved. */
  private static final int NEXT_MASK = 0xFFC;

  static CapabilityHeader read(ConfigImage image, int offset) {
    int value = image.u32(offset);
    return new CapabilityHeader(
        offset, value & 0xFFFF, value >>> VERSION_SHIFT & 0xF, value >>> NEXT_SHIFT & NEXT_MASK);
  }

  /** Whether the header only begins the list, which must have a header at 0x100. */
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
