package io.vsmmu.gateway.device;

import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What waits, in order. Doorbells that follow each other become one. Bounded: who puts more than
 * {@link DeviceLimits#WAITING_ACCESSES} waits.
 */
final class AccessQueue {

  private final int most;
  private final Deque<NumberedAccess> waiting = new ArrayDeque<>();
  private boolean left;
  private boolean ended;

  AccessQueue(int most) {
    this.most = most;
  }

  /** Puts an access behind the others; false when the queue is full; dropped after the end. */
  synchronized boolean offer(NumberedAccess access) {
    if (!ended && waiting.size() >= most && !joins(access)) {
      return false;
    }
    add(access);
    return true;
  }

  /**
   * Puts an access behind the others; waits while the queue is full; dropped after the end.
   *
   * @param gone looked at while it waits: whether the accesses' VMM is gone, which nobody notices
   *     who does not read what it sends
   */
  synchronized void put(NumberedAccess access, BooleanSupplier gone) {
    while (!offer(access)) {
      if (!waited()) {
        return;
      }
      if (!left && gone.getAsBoolean()) {
        leave();
      }
    }
  }

  /** The same without waiting: for what the vSMMU itself has to tell. */
  synchronized void putNow(NumberedAccess access) {
    if (waiting.size() < 2 * most) {
      add(access);
    }
  }

  /** The next access, if there is one. */
  synchronized Optional<NumberedAccess> poll() {
    Optional<NumberedAccess> next = Optional.ofNullable(waiting.poll());
    notifyAll();
    return next;
  }

  /** Whether nothing waits. */
  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes the doorbell that is next, if one is. */
  synchronized Optional<NumberedAccess> takeDoorbell() {
    if (waiting.peek() != null && waiting.peek().access() instanceof Access.Doorbell) {
      return poll();
    }
    return Optional.empty();
  }

  /** Nothing comes any more but {@code last}; what waits is still given out. */
  synchronized void end(NumberedAccess last) {
    if (!ended) {
      waiting.add(last);
      ended = true;
      notifyAll();
    }
  }

  /** Nothing comes any more, and what waits is nobody's. */
  synchronized void abandon() {
    waiting.clear();
    ended = true;
    notifyAll();
  }

  /** The guest's accesses are over; what the vSMMU has to tell may still come. */
  synchronized void leave() {
    left = true;
    notifyAll();
  }

  /** Whether no access of a guest comes any more. */
  synchronized boolean left() {
    return left || ended;
  }

  /**
   * Whether no access of a guest comes any more, or soon: who leaves takes the memory away a moment
   * before.
   */
  synchronized boolean leavesWithin(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      for (long left = longest.toMillis(); !left() && left > 0; left = millisUntil(end)) {
        wait(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return left();
  }

  private static long millisUntil(long end) {
    return Duration.ofNanos(end - System.nanoTime()).toMillis();
  }

  private void add(NumberedAccess access) {
    if (ended) {
      return;
    }
    if (joins(access)) {
      waiting.pollLast();
    }
    waiting.add(access);
    notifyAll();
  }

  private boolean joins(NumberedAccess access) {
    NumberedAccess last = waiting.peekLast();
    return access.access() instanceof Access.Doorbell
        && last != null
        && last.access() instanceof Access.Doorbell;
  }

  private boolean waited() {
    try {
      wait(DeviceLimits.POLL_INTERVAL.toMillis());
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
