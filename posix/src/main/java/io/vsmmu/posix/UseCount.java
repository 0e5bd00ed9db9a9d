package io.vsmmu.posix;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the uses of a resource that are in progress, so that a resource that is closed meanwhile
 * is freed after the last one ends. Thread-safe and lock-free.
 */
final class UseCount {

  private static final int CLOSED = 1 << 31;
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  /** Number of uses in progress in bits 30:0; bit 31 is set once the resource is closed. */
  private final AtomicInteger state = new AtomicInteger();

  /** Begins a use; false when the resource is closed, in which case no use has begun. */
  boolean begin() {
    return state.getAndUpdate(n -> n < 0 ? n : n + 1) >= 0;
  }

  /** Ends a use; true when the caller must free the resource. */
  boolean end() {
    return state.decrementAndGet() == CLOSED;
  }

  /** Prevents further uses; true when the caller must free the resource, false when a use will. */
  boolean close() {
    return state.getAndUpdate(n -> n | CLOSED) == 0;
  }

  boolean isClosed() {
    return state.get() < 0;
  }

  /** After {@link #close}: waits until the last use has ended, or the timeout has expired. */
  void awaitIdle(int milliseconds) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    while (state.get() != CLOSED && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
