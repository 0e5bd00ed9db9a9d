package io.vsmmu.gateway.device;

import java.time.Duration;

/** Every bound of the function behind a VMM's connection. */
public final class DeviceLimits {

  /**
   * Accesses of a guest that wait for the log; then the VMM's messages are left in its socket.
   * Doorbells that follow each other count as one.
   */
  public static final int WAITING_ACCESSES = 1024;

  /** How long a held access sleeps before it looks whether its VMM is still there. */
  static final Duration POLL_INTERVAL = Duration.ofMillis(100);

  /** How long after its memory a VMM may go, for a queue that cannot be read to be no error. */
  static final Duration LEAVE_GRACE = Duration.ofMillis(100);

  private DeviceLimits() {}
}
