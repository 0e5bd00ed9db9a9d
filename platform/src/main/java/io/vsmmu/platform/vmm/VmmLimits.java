package io.vsmmu.platform.vmm;

/** Bounds of what VMMs take. */
public final class VmmLimits {

  /** Bytes of a socket's path: sun_path without its end. */
  public static final int SOCKET_PATH_BYTES = 107;

  /** Slots of a PCI bus. */
  public static final int SLOTS = 32;

  /** The highest PCI bus. */
  public static final int LAST_BUS = 255;

  /** vSMMUs that are functions of their own: the slots of the first bus but the lowest eight. */
  public static final int FUNCTIONS = 24;

  /** Devices that one VMM binds itself while vSMMUs translate for them. */
  public static final int OWNED_DEVICES = 64;

  /** MiB of guest memory, 16 TiB. */
  public static final long MEMORY_MIB = 16L << 20;

  private VmmLimits() {}
}
