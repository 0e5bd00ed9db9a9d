package io.vsmmu.vfiouser;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How long requests for memory may fail, in all: what one access of a guest needs may be thousands
 * of them, and a VMM that answers none would hold its guest for as many times the limit. Time that
 * went into answered requests does not count. What is used up comes back with {@link #renew}, or
 * once nothing has failed for as long. Thread-safe.
 */
final class DmaTimeBudget {

  private final long most;
  private final LongSupplier clock;
  private long spent;
  private long lastFailure;

  /**
   * @param clock as {@link System#nanoTime}
   */
  DmaTimeBudget(Duration most, LongSupplier clock) {
    this.most = most.toNanos();
    this.clock = clock;
    this.lastFailure = clock.getAsLong() - this.most;
  }

  /** All of the time is there again. */
  synchronized void renew() {
    spent = 0;
  }

  /** Until when a request that begins now may wait; empty when it is not to be sent at all. */
  synchronized OptionalLong deadline() {
    long now = clock.getAsLong();
    if (now - lastFailure >= most) {
      spent = 0;
    }
    return spent < most ? OptionalLong.of(now + most - spent) : OptionalLong.empty();
  }

  /**
   * A request failed: refused, or not answered.
   *
   * @param begun when it began, by the same clock
   */
  synchronized void failed(long begun) {
    lastFailure = clock.getAsLong();
    spent += lastFailure - begun;
  }
}
