package io.vsmmu.posix;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Counts who uses a thing, so that it is freed after the last use and not under it. */
final class Uses {

  private static final int CLOSED = 1 << 31;
  private static final long NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  /** Uses under way in the lower bits. */
  private final AtomicInteger state = new AtomicInteger();

  /** Begins a use; false when it is closed. */
  boolean begin() {
    return state.getAndUpdate(n -> n < 0 ? n : n + 1) >= 0;
  }

  /** Ends a use; true when the caller has to free the thing. */
  boolean end() {
    return state.decrementAndGet() == CLOSED;
  }

  /** Lets no further use begin; true when the caller has to free the thing. */
  boolean close() {
    return state.getAndUpdate(n -> n | CLOSED) == 0;
  }

  boolean isClosed() {
    return state.get() < 0;
  }

  /** Waits until the last use of a closed thing has ended, but not for ever. */
  void awaitIdle(int milliseconds) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
    while (state.get() != CLOSED && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }
}
