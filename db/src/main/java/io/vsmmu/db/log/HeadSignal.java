package io.vsmmu.db.log;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Publishes the last position in the database to the followers in this process, so that they need
 * not poll the database. The position is unknown while no writer runs in this process and while the
 * writer has lost its connection. Thread-safe.
 */
public final class HeadSignal {

  private static final long UNKNOWN = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile long head = UNKNOWN;

  /** Last committed position, 0 for an empty log; empty if it is unknown. Does not block. */
  public OptionalLong head() {
    long known = head;
    return known == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(known);
  }

  /** Called by the shipper when every event up to the position is committed. */
  public void publish(long position) {
    set(position);
  }

  /** Called by the shipper when it has lost its connection or ends. */
  public void forget() {
    set(UNKNOWN);
  }

  /**
   * Waits until the head is known to lie beyond the position.
   *
   * @return false if the timeout expired first
   */
  public boolean await(long position, Duration timeout) throws InterruptedException {
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
