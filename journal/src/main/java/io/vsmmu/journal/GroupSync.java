package io.vsmmu.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One sync for all that wait: a thread that finds no sync under way syncs for everything that was
 * appended by then, the others wait for it. When it ends, those whose position it reached are
 * woken, and one of those that came later, to sync for the rest. Thread-safe by its monitor, which
 * is not held while a thread syncs, and under which no other lock is taken.
 *
 * <p>Each waiter is woken on its own: with a condition, 32 of them had to take its lock one after
 * the other, and a sync for all took twice as long.
 */
final class GroupSync {

  private volatile long synced;
  private boolean underWay;

  /** Those that wait, in the order in which they came. */
  private final Deque<Waiter> waiting = new ArrayDeque<>();

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
      @Nullable Waiter waiter = begin(position);
      if (waiter == null || waiter.awaitTurn()) {
        long reached = synced;
        try {
          reached = sync.getAsLong();
        } finally {
          end(reached).forEach(Waiter::wake);
        }
      }
    }
  }

  /** Null if the caller has to sync, because no sync is under way. */
  private synchronized @Nullable Waiter begin(long position) {
    if (!underWay) {
      underWay = true;
      return null;
    }
    Waiter waiter = new Waiter(position);
    waiting.add(waiter);
    return waiter;
  }

  /** Those to be woken; the first of them has to sync for the rest, if there is a rest. */
  private synchronized List<Waiter> end(long reached) {
    synced = Math.max(synced, reached);
    List<Waiter> woken = new ArrayList<>();
    waiting.removeIf(waiter -> waiter.position <= synced && woken.add(waiter));
    @Nullable Waiter next = waiting.poll();
    underWay = next != null;
    if (next != null) {
      next.syncs = true;
      woken.addFirst(next);
    }
    return woken;
  }

  /** A thread that waits. */
  private static final class Waiter {

    private final Thread thread = Thread.currentThread();
    private final long position;
    private volatile boolean woken;

    /** Whether the thread has to sync; written before it is woken. */
    private boolean syncs;

    Waiter(long position) {
      this.position = position;
    }

    /** Waits until it is woken; returns whether the thread has to sync. */
    boolean awaitTurn() {
      boolean interrupted = false;
      while (!woken) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        thread.interrupt();
      }
      return syncs;
    }

    void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }
  }
}
