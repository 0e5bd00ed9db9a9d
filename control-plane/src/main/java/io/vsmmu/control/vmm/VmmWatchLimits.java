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

  private VmmWatchLimits() {}
}
