package io.vsmmu.db.write;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.NoSpaceException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The writer's thread and its lock. The thread takes batches from the queue and brings every append
 * of a batch to an outcome: acknowledged, refused, failed, or, if the connection was lost and could
 * not be re-established, failed with an unknown outcome. A caller may do the same for its own
 * append, see {@link #writeNow}. The thread that writes holds the lock {@code writing}; no other
 * lock is taken under it.
 */
final class WriterLoop implements Runnable {

  /** Attempts to write a batch: the first one, and one more after the connection was lost. */
  private static final int TRIES = 2;

  private static final Logger LOGGER = System.getLogger(WriterLoop.class.getName());

  private final DataSource dataSource;
  private final HeadSignal signal;
  private final EventLogLimits limits;
  private final AppendQueue queue;
  private final Availability availability;
  private final StreamHeads heads;
  private final HashChain chain = new HashChain();

  private final LongAdder appends = new LongAdder();
  private final LongAdder events = new LongAdder();
  private final LongAdder statements = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder reconnects = new LongAdder();

  /** Held by the thread that writes; guards the session, the heads and the hash chain. */
  private final ReentrantLock writing = new ReentrantLock();

  private @Nullable WriterSession session;

  /** Set when the writer takes no more appends; those in the queue are still written. */
  private volatile boolean stopped;

  /** Set when the thread takes nothing from the queue any more. */
  private volatile boolean ended;

  WriterLoop(
      DataSource dataSource,
      HeadSignal signal,
      EventLogLimits limits,
      AppendQueue queue,
      Availability availability) {
    this.dataSource = dataSource;
    this.signal = signal;
    this.limits = limits;
    this.queue = queue;
    this.availability = availability;
    this.heads = new StreamHeads(limits.streamHeads());
  }

  /** Connects for the first time, on the caller's thread, so that the caller gets the error. */
  void open() {
    try {
      connect();
    } catch (SQLException e) {
      throw new EventStoreException("The event log cannot be opened: " + e.getMessage(), e);
    }
  }

  void stop() {
    stopped = true;
  }

  boolean stopped() {
    return stopped;
  }

  boolean ended() {
    return ended;
  }

  WriterCounters counters() {
    return new WriterCounters(
        appends.sum(), events.sum(), statements.sum(), refused.sum(), reconnects.sum());
  }

  @Override
  public void run() {
    try {
      while (!stopped || !queue.isEmpty()) {
        List<Append> taken = queue.takeBatch();
        try {
          settle(taken);
        } finally {
          queue.release(taken);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped = true;
      ended = true;
      end();
      failRest();
    }
  }

  private void end() {
    writing.lock();
    try {
      dropSession();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Fails the appends that were enqueued too late to be written. Called by the thread when it ends,
   * and by a caller that has enqueued one after that.
   */
  void failRest() {
    EventStoreException closed =
        new EventStoreException("The event log's writer is closed; nothing was written");
    queue.drain().forEach(append -> append.outcome().completeExceptionally(closed));
  }

  /**
   * Writes an append on the caller's thread if no other thread writes and the queue is empty. This
   * saves two thread switches, which on an idle machine take longer than the statement itself. A
   * virtual thread must not write: an interrupt closes the socket that it blocks on.
   *
   * @return false if the append was not written and has to be enqueued
   */
  boolean writeNow(Append append) {
    if (Thread.currentThread().isVirtual() || !queue.isEmpty() || !writing.tryLock()) {
      return false;
    }
    try {
      if (stopped) {
        return false;
      }
      settleNow(List.of(append));
      return true;
    } finally {
      writing.unlock();
    }
  }

  private void settle(List<Append> taken) {
    if (taken.isEmpty()) {
      return;
    }
    writing.lock();
    try {
      settleNow(taken);
    } finally {
      writing.unlock();
    }
  }

  /** Brings every append to an outcome, even after an unexpected error. */
  private void settleNow(List<Append> taken) {
    try {
      write(taken);
    } catch (RuntimeException | Error e) {
      dropSession();
      fail(taken, "The event log's writer failed; it is unknown whether this was written", e);
    }
  }

  private void write(List<Append> taken) {
    List<Append> open = taken;
    int losses = 0;
    while (!open.isEmpty()) {
      WriterSession on;
      try {
        checkSpace();
        on = reconnected();
      } catch (SQLException | EventStoreException e) {
        fail(open, "The event log cannot be written now; nothing of this was written", e);
        return;
      }
      WriteBatch batch = new WriteBatch(on, heads, chain);
      try {
        List<Append> deferred = plan(batch, open);
        commit(batch, on);
        open = deferred;
      } catch (SQLException e) {
        open = open.stream().filter(Append::open).toList();
        if (!on.lost(e)) {
          writeEach(open, e);
          return;
        }
        open = resolve(batch, open, e);
        if (++losses == TRIES) {
          fail(open, "The connection was lost; nothing of this was written", e);
          return;
        }
      }
    }
  }

  /** Fills the batch; returns the appends that have to wait for the batch's outcome. */
  private List<Append> plan(WriteBatch batch, List<Append> open) throws SQLException {
    List<Append> deferred = new ArrayList<>();
    for (Append append : open) {
      switch (batch.admit(append)) {
        case TAKEN -> {}
        case REFUSED -> refused.increment();
        case DEFERRED -> deferred.add(append);
      }
    }
    return deferred;
  }

  private void commit(WriteBatch batch, WriterSession on) throws SQLException {
    if (batch.isEmpty()) {
      return;
    }
    batch.write();
    statements.increment();
    appends.add(batch.appends());
    events.add(batch.events());
    signal.publish(on.head());
    batch.acknowledge();
  }

  /**
   * After the server has refused a batch as a whole: writes its appends one by one, so that only
   * those fail that the server refuses on their own.
   */
  private void writeEach(List<Append> open, SQLException cause) {
    if (open.size() == 1) {
      fail(open, "The database refused an append; nothing of it was written", cause);
    } else {
      open.forEach(append -> write(List.of(append)));
    }
  }

  /**
   * Finds out what was committed when the connection was lost before the outcome was known. The new
   * session holds the advisory lock, so the server has ended the old one, and the log shows
   * everything that it committed.
   *
   * @return the appends that are not in the log, to be written again
   */
  private List<Append> resolve(WriteBatch batch, List<Append> open, SQLException cause) {
    LOGGER.log(Level.WARNING, "The event log lost its connection: {0}", cause.getMessage());
    long deadline = System.nanoTime() + limits.reconnectWait().toNanos();
    Exception last = cause;
    do {
      dropSession();
      try {
        batch.acknowledgeWritten(reconnected());
        return open.stream().filter(Append::open).toList();
      } catch (SQLException | EventStoreException e) {
        last = e;
      }
    } while (!stopped && System.nanoTime() - deadline < 0);
    dropSession();
    fail(open, "The connection was lost; it is unknown whether this was written", last);
    return List.of();
  }

  /** Throws {@link NoSpaceException} while the supervisor reports that there is no space. */
  private void checkSpace() {
    availability
        .outOfSpace()
        .ifPresent(
            reason -> {
              throw new NoSpaceException(reason);
            });
  }

  /**
   * The session, or a new one if it was lost; tries to connect for {@link
   * EventLogLimits#reconnectWait()}.
   */
  private WriterSession reconnected() throws SQLException {
    long deadline = System.nanoTime() + limits.reconnectWait().toNanos();
    WriterSession current = session;
    while (current == null) {
      try {
        current = connect();
        reconnects.increment();
      } catch (SQLException e) {
        if (stopped || System.nanoTime() - deadline > 0) {
          throw e;
        }
        checkSpace();
        pause();
      }
    }
    return current;
  }

  private WriterSession connect() throws SQLException {
    WriterSession fresh = new WriterSession(dataSource, limits);
    session = fresh;
    heads.clear();
    signal.publish(fresh.head());
    return fresh;
  }

  private void dropSession() {
    WriterSession old = session;
    session = null;
    signal.forget();
    if (old != null) {
      old.close();
    }
  }

  private void pause() {
    try {
      Thread.sleep(limits.reconnectPause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EventStoreException("Interrupted while reconnecting to the event log", e);
    }
  }

  private static void fail(List<Append> open, String what, Throwable cause) {
    for (Append append : open) {
      append
          .outcome()
          .completeExceptionally(
              new EventStoreException(what + " (" + append + "): " + cause.getMessage(), cause));
    }
  }
}
