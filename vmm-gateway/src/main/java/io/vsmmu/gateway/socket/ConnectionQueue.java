package io.vsmmu.gateway.socket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Admits VMMs to a vSMMU: one at a time, in the order in which they connected, and no faster than
 * the limits allow. Thread-safe. The monitor is a leaf, except that {@link #await} asks under it
 * whether the waiting VMM has left, which looks at its socket.
 */
final class ConnectionQueue {

  enum Admission {
    /** The vSMMU belongs to the VMM until {@link #release}. */
    ADMITTED,
    /** {@link SocketLimits#waiting} VMMs wait already. */
    QUEUE_FULL,
    /** The VMM before did not disconnect within {@link SocketLimits#waitTimeout}. */
    TIMED_OUT,
    /** The VMM left while it waited. */
    LEFT,
    CLOSED
  }

  private final SocketLimits limits;
  private final LongSupplier clock;

  /** The VMMs that wait, in order; each is identified by its object. */
  private final Deque<Object> waiting = new ArrayDeque<>();

  private boolean admitted;
  private boolean closed;

  /** The number of VMMs that may be admitted at once, as of {@link #counted}. */
  private long credit;

  private long counted;

  /**
   * @param clock as {@link System#nanoTime}
   */
  ConnectionQueue(SocketLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
    this.credit = limits.burst();
    this.counted = clock.getAsLong();
  }

  /** Admits a VMM if no other one has the vSMMU or waits for it; never waits. */
  synchronized boolean tryAdmit() {
    return !closed && waiting.isEmpty() && admitIfFree();
  }

  /**
   * Waits until a VMM is admitted.
   *
   * @param left whether the waiting VMM has left
   */
  synchronized Admission await(BooleanSupplier left) {
    if (waiting.size() >= limits.waiting()) {
      return Admission.QUEUE_FULL;
    }
    Object vmm = new Object();
    waiting.add(vmm);
    try {
      return awaitFirst(vmm, clock.getAsLong() + limits.waitTimeout().toNanos(), left);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Admission.LEFT;
    } finally {
      waiting.remove(vmm);
      notifyAll();
    }
  }

  private Admission awaitFirst(Object vmm, long deadline, BooleanSupplier left)
      throws InterruptedException {
    while (true) {
      if (closed) {
        return Admission.CLOSED;
      }
      if (left.getAsBoolean()) {
        return Admission.LEFT;
      }
      if (vmm.equals(waiting.peek()) && admitIfFree()) {
        return Admission.ADMITTED;
      }
      long remaining = Duration.ofNanos(deadline - clock.getAsLong()).toMillis();
      if (remaining <= 0) {
        return Admission.TIMED_OUT;
      }
      wait(Math.min(remaining, SocketLimits.POLL_INTERVAL.toMillis()));
    }
  }

  private boolean admitIfFree() {
    if (admitted || !takeCredit()) {
      return false;
    }
    admitted = true;
    return true;
  }

  private boolean takeCredit() {
    long interval = limits.interval().toNanos();
    long earned = (clock.getAsLong() - counted) / interval;
    counted += earned * interval;
    credit = Math.min(limits.burst(), credit + earned);
    if (credit == 0) {
      return false;
    }
    credit--;
    return true;
  }

  /** Called when the admitted VMM has disconnected and what it requested is in the log. */
  synchronized void release() {
    admitted = false;
    notifyAll();
  }

  /** Admits no further VMM, and ends the wait of those that wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
