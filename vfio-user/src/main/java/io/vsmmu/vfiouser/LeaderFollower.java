package io.vsmmu.vfiouser;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The two threads of a connection, in the leader/followers pattern: the leader reads messages, and
 * when they have left work for the function, it does that too. No thread is woken between a message
 * and its effect. Work that takes longer than {@link ProtocolLimits#WORK}, or that waits for the
 * VMM, must not keep messages from being read: then the other thread becomes the leader, while the
 * first one finishes its work.
 *
 * <table>
 * <caption>Who has the lead</caption>
 * <tr><th>from</th><th>to</th><th>when</th></tr>
 * <tr><td>no thread</td><td>a thread that reads</td><td>it finds the lead free</td></tr>
 * <tr><td>a thread that reads</td><td>the same, working</td><td>messages have left work</td></tr>
 * <tr><td>a thread that works</td><td>the same, reading</td><td>its work is done</td></tr>
 * <tr><td>a thread that works</td><td>no thread</td>
 *     <td>its work takes long ({@link LeadWatch}), or {@link #giveUp}</td></tr>
 * <tr><td>a thread that reads</td><td>no thread</td><td>the connection is over</td></tr>
 * </table>
 *
 * <p>The lead, held while reading, guards all that {@link Task#readUntilWork} uses. What the
 * function takes while it handles a message is taken under it. It guards nothing of {@link
 * Task#work}, which both threads may be in at the same time.
 */
final class LeaderFollower {

  /** The work of the two threads. */
  interface Task {

    /**
     * Reads and handles messages. Called by the leader.
     *
     * @return true when messages have left work; false when the connection is over
     */
    boolean readUntilWork();

    /** Does the work that messages have left. Both threads may be in it at the same time. */
    void work();
  }

  /** A thread that has the lead. */
  private record Lead(Thread thread, boolean working) {}

  private final Task task;
  private final LeadWatch watch;

  /** The lead; null while no thread has it. */
  private final AtomicReference<@Nullable Lead> lead = new AtomicReference<>();

  /** The {@link System#nanoTime} at which the newest work began. */
  private volatile long workBegan;

  /** Whether {@link LeadWatch} looks at this connection; written by it too. */
  volatile boolean watched;

  /** The two threads, of which the second is started when the lead first becomes free for it. */
  private volatile @Nullable Thread first;

  private volatile @Nullable Thread second;

  LeaderFollower(Task task, LeadWatch watch) {
    this.task = task;
    this.watch = watch;
  }

  /**
   * Runs on the calling thread, and starts a second one if need be, until the connection is over.
   */
  void run() {
    first = Thread.currentThread();
    serve();
  }

  private void serve() {
    Thread self = Thread.currentThread();
    Lead reading = new Lead(self, false);
    Lead working = new Lead(self, true);
    try {
      do {
        awaitLead(reading);
      } while (lead(reading, working));
    } finally {
      if (lead.compareAndSet(reading, null) || lead.compareAndSet(working, null)) {
        LockSupport.unpark(other(self));
      }
    }
  }

  /** Reads and works until the other thread has the lead; false when the connection is over. */
  private boolean lead(Lead reading, Lead working) {
    while (task.readUntilWork()) {
      workBegan = System.nanoTime();
      lead.set(working);
      watch.workBegins(this);
      task.work();
      if (!lead.compareAndSet(working, reading)) {
        return true;
      }
    }
    return false;
  }

  /** An interrupt does not end the wait; it is kept. */
  private void awaitLead(Lead reading) {
    boolean interrupted = false;
    while (!lead.compareAndSet(null, reading)) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives up the lead if the calling thread has it and works, because its work waits for a message.
   * Any other thread may call; then nothing happens.
   */
  void giveUp() {
    Lead now = lead.get();
    if (now != null && now.working && now.thread.equals(Thread.currentThread())) {
      free(now);
    }
  }

  /**
   * Frees the lead if the leader has worked for longer than {@link ProtocolLimits#WORK}.
   *
   * @param now a {@link System#nanoTime}
   * @return whether there was work lately, so that it is worth looking again soon
   */
  boolean freeAfterLongWork(long now) {
    Lead leading = lead.get();
    Duration taken = Duration.ofNanos(now - workBegan);
    if (leading == null || !leading.working) {
      return taken.compareTo(ProtocolLimits.WATCH_AFTER_WORK) < 0;
    }
    if (taken.compareTo(ProtocolLimits.WORK) > 0) {
      free(leading);
    }
    return true;
  }

  private void free(Lead working) {
    if (lead.compareAndSet(working, null)) {
      startSecond();
      LockSupport.unpark(other(working.thread));
    }
  }

  /** A connection whose work is always done soon needs no second thread. */
  private synchronized void startSecond() {
    if (second == null) {
      Thread follower =
          Thread.ofPlatform().daemon().name(name() + "-follower").unstarted(this::serve);
      // Before it can wait for the lead, because the thread that frees the lead wakes it.
      second = follower;
      try {
        follower.start();
      } catch (OutOfMemoryError noThread) {
        second = null;
        throw noThread;
      }
    }
  }

  private String name() {
    Thread connection = first;
    return connection == null ? "" : connection.getName();
  }

  private @Nullable Thread other(Thread thread) {
    return thread.equals(first) ? second : first;
  }

  /** Waits for the second thread to end, if it was started. Interruption ends the wait. */
  void joinFollower() {
    Thread other = second;
    try {
      if (other != null) {
        other.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
