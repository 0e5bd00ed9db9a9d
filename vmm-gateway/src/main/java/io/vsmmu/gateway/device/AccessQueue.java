package io.vsmmu.gateway.device;

import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The accesses that are not submitted yet, in order. A doorbell replaces one that is last in the
 * queue. At most {@link DeviceLimits#WAITING_ACCESSES} wait; then the thread that adds another one
 * waits.
 *
 * <p>Thread-safe. The monitor is a leaf, except that {@link #put} asks under it whether the VMM is
 * gone, which looks at the socket.
 */
final class AccessQueue {

  private final int most;
  private final Deque<NumberedAccess> waiting = new ArrayDeque<>();
  private boolean guestLeft;
  private boolean closed;

  AccessQueue(int most) {
    this.most = most;
  }

  /** Adds an access; false when the queue is full. After the end the access is dropped. */
  synchronized boolean offer(NumberedAccess access) {
    if (!closed && waiting.size() >= most && !replacesLast(access)) {
      return false;
    }
    add(access);
    return true;
  }

  /**
   * Adds an access; waits while the queue is full. After the end the access is dropped.
   *
   * @param peerGone whether the VMM has disconnected. Asked while the queue is full, because the
   *     thread that reads the VMM's socket, and would notice, is the one that waits
   */
  synchronized void put(NumberedAccess access, BooleanSupplier peerGone) {
    while (!offer(access)) {
      if (!awaitRoom()) {
        return;
      }
      if (!guestLeft && peerGone.getAsBoolean()) {
        guestLeft();
      }
    }
  }

  /**
   * Adds an access of the function itself, beyond the limit if need be, without waiting. Dropped
   * when twice as many as the limit wait.
   */
  synchronized void putOverLimit(NumberedAccess access) {
    if (waiting.size() < 2 * most) {
      add(access);
    }
  }

  /** Removes the next access; empty when none waits. */
  synchronized Optional<NumberedAccess> poll() {
    Optional<NumberedAccess> next = Optional.ofNullable(waiting.poll());
    notifyAll();
    return next;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Removes the next access if it is a doorbell. */
  synchronized Optional<NumberedAccess> pollDoorbell() {
    if (waiting.peek() != null && waiting.peek().access() instanceof Access.Doorbell) {
      return poll();
    }
    return Optional.empty();
  }

  /** Adds a last access; what waits can still be removed, and everything later is dropped. */
  synchronized void closeAfter(NumberedAccess last) {
    if (!closed) {
      waiting.add(last);
      closed = true;
      notifyAll();
    }
  }

  /** Drops what waits, and everything later. */
  synchronized void discard() {
    waiting.clear();
    closed = true;
    notifyAll();
  }

  /** Notes that the guest makes no more accesses. The function itself may still add some. */
  synchronized void guestLeft() {
    guestLeft = true;
    notifyAll();
  }

  /** Whether the guest makes no more accesses. */
  synchronized boolean hasGuestLeft() {
    return guestLeft || closed;
  }

  /**
   * Whether the guest makes no more accesses, or will not within {@code longest}: a VMM that ends
   * unmaps its memory a moment before it disconnects.
   */
  synchronized boolean guestLeavesWithin(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    try {
      long left = longest.toMillis();
      while (!hasGuestLeft() && left > 0) {
        wait(left);
        left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return hasGuestLeft();
  }

  private void add(NumberedAccess access) {
    if (closed) {
      return;
    }
    if (replacesLast(access)) {
      waiting.pollLast();
    }
    waiting.add(access);
    notifyAll();
  }

  private boolean replacesLast(NumberedAccess access) {
    NumberedAccess last = waiting.peekLast();
    return access.access() instanceof Access.Doorbell
        && last != null
        && last.access() instanceof Access.Doorbell;
  }

  /** Waits for a change, or for a while; false when the thread was interrupted. */
  private boolean awaitRoom() {
    try {
      wait(DeviceLimits.POLL_INTERVAL.toMillis());
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
