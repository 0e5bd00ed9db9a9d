package io.vsmmu.journal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One sync for all that wait: a thread that finds no sync under way syncs for everything that was
 * appended by then, the others wait for it. The lock is not held while a thread syncs, and no other
 * lock is taken under it.
 */
final class GroupSync {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private volatile long synced;
  private boolean underWay;

  /**
   * @param synced last position that is on the storage device
   */
  GroupSync(long synced) {
    this.synced = synced;
  }

  /** The last position that is on the storage device. */
  long synced() {
    return synced;
  }

  /**
   * Waits until a position is on the storage device. An interrupt does not end the wait; it is
   * kept.
   *
   * @param sync syncs everything that was appended when it is called, and returns the last position
   *     of that; what it throws is thrown by the caller that synced, and the others try again
   */
  void await(long position, LongSupplier sync) {
    while (synced < position) {
      if (mayLead(position)) {
        long reached = synced;
        try {
          reached = sync.getAsLong();
        } finally {
          end(reached);
        }
      }
    }
  }

  /** Whether the caller has to sync; otherwise a sync ended, or the position was reached. */
  private boolean mayLead(long position) {
    lock.lock();
    try {
      if (synced >= position) {
        return false;
      }
      if (underWay) {
        ended.awaitUninterruptibly();
        return false;
      }
      underWay = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void end(long reached) {
    lock.lock();
    try {
      synced = Math.max(synced, reached);
      underWay = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
