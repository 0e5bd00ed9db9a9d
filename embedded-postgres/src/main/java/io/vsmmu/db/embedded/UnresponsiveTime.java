package io.vsmmu.db.embedded;

/**
 * Measures for how long a condition has held, in time during which the supervisor really ran. If
 * the machine was overloaded or suspended, or this process was stopped, the supervisor could not
 * have noticed an answer either, so most of such a gap does not count. Not thread-safe.
 */
final class UnresponsiveTime {

  /** Check intervals that count at most between two checks: one may be late by an interval. */
  private static final int COUNTED_INTERVALS = 2;

  private final long mostNanos;
  private final long mostPerCheck;
  private long lastCheck;
  private long nanos;

  /**
   * Begins at 0.
   *
   * @param limits {@code unresponsive} and {@code checkInterval}
   * @param now a {@link System#nanoTime()}
   */
  UnresponsiveTime(EmbeddedLimits limits, long now) {
    this.mostNanos = limits.unresponsive().toNanos();
    this.mostPerCheck = COUNTED_INTERVALS * limits.checkInterval().toNanos();
    this.lastCheck = now;
  }

  /** Adds the time since the last check, at most two check intervals. */
  void check(long now) {
    nanos += Math.min(now - lastCheck, mostPerCheck);
    lastCheck = now;
  }

  /** Begins at 0 again, because the condition does not hold. */
  void reset() {
    nanos = 0;
  }

  /** Whether the condition has held for longer than {@link EmbeddedLimits#unresponsive()}. */
  boolean isTooLong() {
    return nanos > mostNanos;
  }
}
