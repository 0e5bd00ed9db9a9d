package io.vsmmu.gateway.device;

import java.time.Duration;

/** The limits of the function behind a VMM's connection. */
public final class DeviceLimits {

  /**
   * The most accesses of a guest that wait for the log; then the VMM's messages are left in its
   * socket. Doorbells that follow each other count as one.
   */
  public static final int WAITING_ACCESSES = 1024;

  /** How often a thread that waits for the vSMMU looks whether the VMM is still connected. */
  static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  /**
   * How long after it unmapped its memory a VMM may disconnect, for a command queue that cannot be
   * read to be no error of its guest (CERROR_ABT).
   */
  static final Duration LEAVE_GRACE = Duration.ofMillis(100);

  private DeviceLimits() {}
}
