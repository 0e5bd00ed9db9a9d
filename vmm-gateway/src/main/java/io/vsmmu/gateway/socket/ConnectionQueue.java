package io.vsmmu.gateway.socket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Who has a vSMMU, and who has it next: one VMM at a time, in the order in which they came, no
 * faster than the limits allow. Thread-safe.
 */
final class ConnectionQueue {

  /** What becomes of one who comes. */
  enum Turn {
    /** The vSMMU is its until {@link #release}. */
    TAKEN,
    /** More wait already than may. */
    CROWDED,
    /** The one before did not end in time. */
    TOO_LATE,
    /** It left while it waited. */
    LEFT,
    /** Nobody gets it any more. */
    CLOSED
  }

  private final SocketLimits limits;
  private final LongSupplier clock;
  private final Deque<Object> line = new ArrayDeque<>();
  private boolean taken;
  private boolean closed;

  /** VMMs that may be taken at once, as of {@link #counted}. */
  private long room;

  private long counted;

  /**
   * @param clock as {@link System#nanoTime}
   */
  ConnectionQueue(SocketLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
    this.room = limits.burst();
    this.counted = clock.getAsLong();
  }

  /** Takes the vSMMU when nobody has it or waits for it. */
  synchronized boolean takeNow() {
    return !closed && line.isEmpty() && takeIfFree();
  }

  /**
   * Waits for the vSMMU.
   *
   * @param gone whether the one who waits has left
   */
  synchronized Turn await(BooleanSupplier gone) {
    if (line.size() >= limits.successors()) {
      return Turn.CROWDED;
    }
    Object place = new Object();
    line.add(place);
    try {
      return awaitFirst(place, clock.getAsLong() + limits.successorWait().toNanos(), gone);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Turn.LEFT;
    } finally {
      line.remove(place);
      notifyAll();
    }
  }

  private Turn awaitFirst(Object place, long end, BooleanSupplier gone)
      throws InterruptedException {
    while (true) {
      if (closed) {
        return Turn.CLOSED;
      }
      if (gone.getAsBoolean()) {
        return Turn.LEFT;
      }
      if (place.equals(line.peek()) && takeIfFree()) {
        return Turn.TAKEN;
      }
      long left = Duration.ofNanos(end - clock.getAsLong()).toMillis();
      if (left <= 0) {
        return Turn.TOO_LATE;
      }
      wait(Math.min(left, SocketLimits.POLL_INTERVAL.toMillis()));
    }
  }

  private boolean takeIfFree() {
    if (taken || !paced()) {
      return false;
    }
    taken = true;
    return true;
  }

  private boolean paced() {
    long pace = limits.pace().toNanos();
    long passed = (clock.getAsLong() - counted) / pace;
    counted += passed * pace;
    room = Math.min(limits.burst(), room + passed);
    if (room == 0) {
      return false;
    }
    room--;
    return true;
  }

  /** Who has the vSMMU is done with it. */
  synchronized void release() {
    taken = false;
    notifyAll();
  }

  /** Nobody gets the vSMMU any more. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
