package io.vsmmu.platform.vmm;

import java.util.Set;

/** Bounds of what VMMs and the architecture take. */
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

  /**
   * Output address sizes that IDR5.OAS encodes, in bits (IHI 0070, 6.3.6). This module uses no
   * other, so this list and the next limit are its own copies of the SMMU's.
   */
  public static final Set<Integer> OUTPUT_ADDRESS_BITS = Set.of(32, 36, 40, 42, 44, 48, 52, 56);

  /** The largest SubstreamID size in bits (IHI 0070, 6.3.2, SSIDSIZE). */
  public static final int SSID_BITS = 20;

  private VmmLimits() {}
}
