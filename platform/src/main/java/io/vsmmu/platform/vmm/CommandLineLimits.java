package io.vsmmu.platform.vmm;

import java.util.Set;

/** Limits of VMMs, of PCI and of the architecture; a layout beyond them is refused. */
public final class CommandLineLimits {

  /** Length of a socket's path in bytes: sun_path without its terminating zero (unix(7)). */
  public static final int SOCKET_PATH_BYTES = 107;

  public static final int SLOTS = 32;

  public static final int LAST_BUS = 255;

  /** vSMMUs on the first bus: one in each of its slots except the lowest eight. */
  public static final int FUNCTIONS = 24;

  /** Devices that one VMM can bind itself while vSMMUs translate for them. */
  public static final int OWNED_DEVICES = 64;

  /** Largest guest memory in MiB: 16 TiB. */
  public static final long MEMORY_MIB = 16L << 20;

  /**
   * The output address sizes in bits that IDR5.OAS encodes (IHI 0070 6.3.6). This module depends on
   * no other, so this list and the next limit are copies of those in {@code smmu-domain}.
   */
  public static final Set<Integer> OUTPUT_ADDRESS_BITS = Set.of(32, 36, 40, 42, 44, 48, 52, 56);

  /** The largest SubstreamID size in bits (IHI 0070, 6.3.2, SSIDSIZE). */
  public static final int SSID_BITS = 20;

  private CommandLineLimits() {}
}
