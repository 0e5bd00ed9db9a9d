package io.vsmmu.control.vmm;

import java.time.Duration;

/** Bounds of the watch over VMMs that own devices. */
public final class VmmWatchLimits {

  /** VMMs that own devices at a time; a further one is refused. */
  public static final int VMMS = 256;

  /** Time between two checks of the VMMs. */
  static final Duration INTERVAL = Duration.ofMillis(200);

  /**
   * How long a device has to be bound before the service attaches it. A VMM attaches a device to
   * its IOAS right after binding it, and would replace an earlier attachment by the service.
   */
  static final Duration SETTLE = Duration.ofMillis(400);

  /**
   * How long a VMM that connects waits for its devices to be attached. QEMU gives up after 5 s
   * (hw/vfio-user/proxy.c); what is not attached by then is attached while the guest starts.
   */
  static final Duration CONNECT = Duration.ofSeconds(1);

  private VmmWatchLimits() {}
}
