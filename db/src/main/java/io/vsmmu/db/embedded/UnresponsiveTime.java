package io.vsmmu.db.embedded;

/**
 * How long nothing was heard, in the time of the one who listens: when it was not run itself,
 * because the machine was overloaded, suspended or this process stopped, it could not have heard.
 */
final class UnresponsiveTime {

  /** A look may be late by as much as it is apart from the one before. */
  private static final int LATENESS = 2;

  private final long mostNanos;
  private final long mostPerLook;
  private long lastLook;
  private long nanos;

  /**
   * Begins now.
   *
   * @param limits how long it may be, and how often a look is due
   * @param now of {@link System#nanoTime()}
   */
  UnresponsiveTime(EmbeddedLimits limits, long now) {
    this.mostNanos = limits.silence().toNanos();
    this.mostPerLook = LATENESS * limits.look().toNanos();
    this.lastLook = now;
  }

  /** Nothing was heard since the last look; of a late look only a part of that time counts. */
  void look(long now) {
    nanos += Math.min(now - lastLook, mostPerLook);
    lastLook = now;
  }

  /** Something was heard. */
  void end() {
    nanos = 0;
  }

  boolean isTooLong() {
    return nanos > mostNanos;
  }
}
