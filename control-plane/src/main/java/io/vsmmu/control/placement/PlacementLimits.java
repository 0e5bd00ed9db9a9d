package io.vsmmu.control.placement;

/** Bounds and defaults of layouts. */
public final class PlacementLimits {

  /** Devices of one request; more are refused. */
  public static final int DEVICES = 256;

  /** The first root bus of a layout unless another is asked for; bus 0 is the machine's own. */
  public static final int FIRST_BUS = 8;

  /** The highest number of a PCI bus. */
  public static final int LAST_BUS = 255;

  /** MiB of guest memory unless another size is asked for. */
  public static final long MEMORY_MIB = 1024;

  private PlacementLimits() {}
}
