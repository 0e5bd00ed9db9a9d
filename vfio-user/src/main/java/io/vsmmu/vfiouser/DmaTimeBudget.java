package io.vsmmu.vfiouser;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How long reads and writes of guest memory may fail in all. One access of a guest may need
 * thousands of them, and a VMM that answers none would otherwise hold its guest for as many times
 * the limit. Time spent in requests that succeed does not count. The whole time is available again
 * after {@link #renew}, and after no request has failed for as long as the limit. Thread-safe.
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

  /** Makes the whole time available again. */
  synchronized void renew() {
    spent = 0;
  }

  /**
   * Until when a request that begins now may wait, in the clock's time; empty when the time is used
   * up and the request must not be sent.
   */
  synchronized OptionalLong deadline() {
    long now = clock.getAsLong();
    if (now - lastFailure >= most) {
      spent = 0;
    }
    return spent < most ? OptionalLong.of(now + most - spent) : OptionalLong.empty();
  }

  /**
   * Counts the time of a request that was refused or not answered.
   *
   * @param begun when the request began, in the clock's time
   */
  synchronized void failed(long begun) {
    lastFailure = clock.getAsLong();
    spent += lastFailure - begun;
  }
}
