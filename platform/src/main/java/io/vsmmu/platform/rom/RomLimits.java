package io.vsmmu.platform.rom;

/** The bounds of an expansion ROM. */
public final class RomLimits {

  /**
   * Bytes of the smallest ROM: bits 10 to 1 of the expansion ROM base address register are reserved
   * (PCI Local Bus Specification 3.0, 6.2.5.2).
   */
  public static final int SMALLEST_BYTES = 2048;

  /**
   * Bytes of the largest ROM that is made here. A VMM reads all of it when the guest starts, and
   * firmware copies it; tables that need more are refused.
   */
  public static final int LARGEST_BYTES = 1 << 18;

  /** Bytes of the largest driver that is taken, with its signature. */
  public static final int DRIVER_BYTES = 1 << 16;

  private RomLimits() {}
}
