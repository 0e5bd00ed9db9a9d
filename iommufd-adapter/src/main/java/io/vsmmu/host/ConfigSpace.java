package io.vsmmu.host;

import java.util.Arrays;

/**
 * A PCI configuration space as VFIO shows it: a VMM reads it and builds the guest's configuration
 * space from it. VFIO removes some capabilities from the lists, PASID and PRI among them
 * (drivers/vfio/pci/vfio_pci_config.c, pci_ext_cap_length and vfio_ecap_init); ATS stays.
 * Immutable.
 */
public final class ConfigSpace {

  /** Bytes of a conventional function's space. */
  public static final int LEGACY_BYTES = 256;

  /** Bytes of a PCI Express function's space. */
  public static final int BYTES = 4096;

  /** Extended capability ID of ATS (PCI Express 6.0, 10.5.1). */
  public static final int ATS = 0x0F;

  /** Extended capability ID of PASID (PCI Express 6.0, 7.8.9). */
  public static final int PASID = 0x1B;

  private static final int HEADER_BYTES = 4;
  private static final int MOST_HEADERS = (BYTES - LEGACY_BYTES) / HEADER_BYTES;
  private static final int ID = 0xFFFF;
  private static final int NEXT_SHIFT = 20;
  private static final int NEXT = 0xFFC;

  private final byte[] bytes;

  /** Copies the bytes; there are {@link #LEGACY_BYTES} or {@link #BYTES} of them. */
  public ConfigSpace(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** A new array with the whole space. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Whether the list of extended capabilities contains this ID. A list that leaves the space or
   * loops is followed up to that point.
   */
  public boolean hasExtended(int id) {
    int at = LEGACY_BYTES;
    for (int seen = 0; seen < MOST_HEADERS && isHeader(at); seen++) {
      int header = word(at);
      if ((header & ID) == id) {
        return true;
      }
      at = header >>> NEXT_SHIFT & NEXT;
    }
    return false;
  }

  private boolean isHeader(int at) {
    return at >= LEGACY_BYTES && at + HEADER_BYTES <= bytes.length;
  }

  private int word(int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] & 0xFF) << 24;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfigSpace space && Arrays.equals(bytes, space.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
