package io.vsmmu.vfiouser;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks every {@link ProtocolLimits#WORK} whether a leader's work takes long, for all connections
 * of the process, and then frees the lead for the other thread of that connection. So a leader
 * whose work is short wakes no thread.
 *
 * <p>Owns the thread {@code vfio-user-leads}, which starts with the first work and sleeps while no
 * connection has any. Thread-safe; the monitor guards the start of the thread only.
 */
final class LeadWatch {

  private static final System.Logger LOGGER = System.getLogger(LeadWatch.class.getName());

  /** The watch of this process. */
  static final LeadWatch OF_PROCESS = new LeadWatch();

  private final Set<LeaderFollower> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread thread;
  private volatile boolean asleep;

  LeadWatch() {}

  /** Notes that a leader of a connection works; called for each piece of work. */
  void workBegins(LeaderFollower connection) {
    if (!connection.watched) {
      connection.watched = true;
      connections.add(connection);
      wake();
    }
  }

  private void wake() {
    if (thread == null) {
      start();
    }
    // Also after the start: another caller may have started it, and it may sleep by now.
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private synchronized void start() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("vfio-user-leads").start(this::run);
    }
  }

  private void run() {
    while (true) {
      if (connections.isEmpty()) {
        sleep();
      } else {
        LockSupport.parkNanos(this, ProtocolLimits.WORK.toNanos());
      }
      long now = System.nanoTime();
      connections.forEach(connection -> lookOrLog(connection, now));
    }
  }

  private void sleep() {
    asleep = true;
    if (connections.isEmpty()) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  /** A connection whose second thread cannot be started must not end the watch of the others. */
  private void lookOrLog(LeaderFollower connection, long now) {
    try {
      look(connection, now);
    } catch (RuntimeException | Error failed) {
      LOGGER.log(
          Level.ERROR, "No thread reads messages of a VMM until the work before is done", failed);
    }
  }

  private void look(LeaderFollower connection, long now) {
    if (connection.freeAfterLongWork(now)) {
      return;
    }
    connections.remove(connection);
    connection.watched = false;
    // Work that began before that has not added the connection again.
    if (connection.freeAfterLongWork(System.nanoTime())) {
      workBegins(connection);
    }
  }
}
