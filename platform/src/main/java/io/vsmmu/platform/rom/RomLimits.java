package io.vsmmu.platform.rom;

/** The limits of an expansion ROM. */
public final class RomLimits {

  /**
   * Length of the smallest ROM in bytes: bits 10 to 1 of the expansion ROM base address register
   * are reserved (PCI Local Bus Specification 3.0, 6.2.5.2).
   */
  public static final int SMALLEST_BYTES = 2048;

  /**
   * Length of the largest ROM in bytes. A VMM reads all of it when the guest starts, and firmware
   * copies it; tables that need more are refused.
   */
  public static final int LARGEST_BYTES = 1 << 18;

  /** Length of the largest accepted UEFI driver in bytes, including its signature. */
  public static final int DRIVER_BYTES = 1 << 16;

  private RomLimits() {}
}
