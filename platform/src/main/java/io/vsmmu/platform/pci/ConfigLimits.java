package io.vsmmu.platform.pci;

/** Sizes of configuration space, bytes. */
public final class ConfigLimits {

  /** What every PCI function has; extended space begins behind it. */
  public static final int LEGACY_BYTES = 0x100;

  /** What a PCI Express function has. */
  public static final int BYTES = 0x1000;

  /** Of a header, and what capabilities are aligned to. */
  public static final int HEADER_BYTES = 4;

  private ConfigLimits() {}
}
