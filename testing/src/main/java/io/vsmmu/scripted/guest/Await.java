package io.vsmmu.scripted.guest;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits as a polling driver does. */
public final class Await {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofNanos(50_000);

  private Await() {}

  /**
   * Looks until it is so.
   *
   * @throws AssertionError when it is not in time
   */
  public static void until(String what, BooleanSupplier so) {
    if (!within(PATIENCE, so)) {
      throw new AssertionError("not in time: " + what);
    }
  }

  /** Looks until the condition holds, or the time is over; gives whether it holds. */
  public static boolean within(Duration patience, BooleanSupplier so) {
    return within(patience, PAUSE, so);
  }

  /** As {@link #within(Duration, BooleanSupplier)}, with this pause between two looks. */
  public static boolean within(Duration patience, Duration pause, BooleanSupplier so) {
    long end = System.nanoTime() + patience.toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(pause.toNanos());
    }
    return true;
  }
}
