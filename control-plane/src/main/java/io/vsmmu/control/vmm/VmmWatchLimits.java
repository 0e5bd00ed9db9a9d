package io.vsmmu.control.vmm;

import java.time.Duration;

/** The bounds of this package. */
public final class VmmWatchLimits {

  /** VMMs at a time. */
  public static final int VMMS = 256;

  /** Time between two looks at the VMMs. */
  static final Duration LOOK = Duration.ofMillis(200);

  /**
   * How long a device has to be bound before it is taken. A VMM attaches a device to its IOAS right
   * after binding it, and would replace an attachment of ours.
   */
  static final Duration SETTLE = Duration.ofMillis(400);

  /**
   * How long a VMM that connects waits for its devices to be attached. QEMU gives up after 5 s
   * (hw/vfio-user/proxy.c); what is not attached by then is attached while the guest starts.
   */
  static final Duration CONNECT = Duration.ofSeconds(1);

  private VmmWatchLimits() {}
}
