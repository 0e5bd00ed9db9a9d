package io.vsmmu.platform.pci;

import io.vsmmu.platform.Refusals;

/**
 * The PASID extended capability: a header, and two registers of 16 bits, the capability register
 * and the control register. Source: PCI Express 6.0, 7.8.9.
 *
 * @param width the number of PASID bits, 1 to 20
 * @param execute whether the device can request execute permission
 * @param privileged whether the device can request privileged mode
 */
public record PasidCapability(int width, boolean execute, boolean privileged) {

  public static final String NAME = "PASID";

  public static final int ID = 0x1B;

  /** Version of the layout, in the header. */
  static final int VERSION = 1;

  /** Length of the capability in bytes. */
  public static final int BYTES = 8;

  private static final int MAX_WIDTH = 20;
  private static final int ENABLE = 1;
  private static final int EXECUTE = 1 << 1;
  private static final int PRIVILEGED = 1 << 2;
  private static final int WIDTH_SHIFT = 8;

  /** The value of the capability register (7.8.9.2). */
  int register() {
    return permissions() | width << WIDTH_SHIFT;
  }

  /**
   * The bits of the control register that software may write: PASID Enable, and the enables of the
   * permissions that the device has. The other enables are read-only zero (7.8.9.3).
   */
  public int writable() {
    return ENABLE | permissions();
  }

  private int permissions() {
    return (execute ? EXECUTE : 0) | (privileged ? PRIVILEGED : 0);
  }

  /** Adds a refusal if the width is out of its range. */
  void check(Refusals refusals) {
    refusals.inRange(
        "pasid.width",
        width,
        1,
        MAX_WIDTH,
        "take the host's value (out_max_pasid_log2), at most 20");
  }
}
