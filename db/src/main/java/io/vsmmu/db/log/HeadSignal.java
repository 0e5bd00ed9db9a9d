package io.vsmmu.db.log;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells followers in this process how far the log has grown. Knows nothing while no writer runs
 * here, or while the writer has lost its connection.
 */
public final class HeadSignal {

  private static final long UNKNOWN = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long head = UNKNOWN;

  /** Last committed position, 0 for an empty log, empty if no writer runs in this process. */
  public OptionalLong head() {
    long known = head;
    return known == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(known);
  }

  /** The writer has committed everything up to the position. */
  public void publish(long position) {
    set(position);
  }

  /** The writer no longer knows. */
  public void forget() {
    set(UNKNOWN);
  }

  /** Waits until the head is known to lie beyond the position; false if time ran out first. */
  boolean await(long position, Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (head <= position) {
        if (nanos <= 0) {
          return false;
        }
        nanos = moved.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void set(long value) {
    lock.lock();
    try {
      head = value;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
