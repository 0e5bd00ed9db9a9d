package io.vsmmu.vfiouser;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The two threads of a connection, in the leader/followers pattern: the leader reads messages; as
 * soon as a message has left work for the function, it gives up the lead, does the work itself, and
 * the follower becomes the leader. So no thread has to be woken between a message and its effect,
 * and messages are read while the function works.
 *
 * <p>{@code lead} is held by the thread that reads and handles messages, and guards all that {@link
 * Task#readUntilWork} uses. It is not held during {@link Task#work}. What the function takes while
 * it handles a message is taken under it.
 */
final class LeaderFollower {

  /** The work of the two threads. */
  interface Task {

    /**
     * Reads and handles messages. Called by the leader.
     *
     * @return true when a message has left work; false when the connection is over
     */
    boolean readUntilWork();

    /** Does the work that messages have left. Both threads may be in it at the same time. */
    void work();
  }

  private final Task task;
  private final ReentrantLock lead = new ReentrantLock();

  /** Guarded by this object's monitor. */
  private @Nullable Thread follower;

  LeaderFollower(Task task) {
    this.task = task;
  }

  /** Runs on the calling thread, and starts the second one, until the connection is over. */
  void run() {
    while (readUntilWork()) {
      startFollower();
      task.work();
    }
  }

  private boolean readUntilWork() {
    lead.lock();
    try {
      return task.readUntilWork();
    } finally {
      lead.unlock();
    }
  }

  /** A connection whose messages leave no work needs no second thread. */
  private synchronized void startFollower() {
    if (follower == null) {
      follower =
          Thread.ofPlatform()
              .daemon()
              .name(Thread.currentThread().getName() + "-follower")
              .start(this::run);
    }
  }

  private synchronized @Nullable Thread follower() {
    return follower;
  }

  /** Waits for the second thread to end, if it was started. Interruption ends the wait. */
  void joinFollower() {
    Thread other = follower();
    try {
      if (other != null) {
        other.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
