package io.vsmmu.db.write;

import io.vsmmu.db.log.Availability;
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
 * The writer: its thread takes what waits, writes it, and settles what a lost connection left open;
 * a caller may write what nobody waits before.
 */
final class WriterLoop implements Runnable {

  /** The first try and one more after a lost connection. */
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

  /** Held by the thread that writes; guards all that follows. */
  private final ReentrantLock writing = new ReentrantLock();

  private @Nullable WriterSession session;
  private volatile boolean stopped;
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

  /** Connects for the first time, on the caller's thread. */
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
          queue.settled(taken);
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

  /** Fails what was enqueued after the end; called by whoever notices. */
  void failRest() {
    EventStoreException closed =
        new EventStoreException("The event log's writer is closed; nothing was written");
    queue.drain().forEach(append -> append.outcome().completeExceptionally(closed));
  }

  /**
   * Writes an append on the caller's thread when nobody writes and nothing waits: two changes of
   * threads less, which on a quiet machine cost more than the statement. A virtual thread must not:
   * an interrupt would close its connection.
   *
   * @return false when it has to be enqueued
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

  /** Brings every append to an outcome, whatever happens. */
  private void settleNow(List<Append> taken) {
    try {
      write(taken);
    } catch (RuntimeException | Error e) {
      dropSession();
      fail(taken, "The event log's writer failed; whether this was written is unknown", e);
    }
  }

  private void write(List<Append> taken) {
    List<Append> open = taken;
    int losses = 0;
    while (!open.isEmpty()) {
      WriterSession on;
      try {
        checkRoom();
        on = reconnected();
      } catch (SQLException | EventStoreException e) {
        fail(open, "The event log takes nothing now; nothing of this was written", e);
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
          fail(open, "The connection was lost and nothing of this was written", e);
          return;
        }
      }
    }
  }

  /** Returns the appends that have to wait for the batch's outcome. */
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

  /** The server refused the batch as a whole: one by one, so that only the guilty fail. */
  private void writeEach(List<Append> open, SQLException cause) {
    if (open.size() == 1) {
      fail(open, "The event log refused an append; nothing of it was written", cause);
    } else {
      open.forEach(append -> write(List.of(append)));
    }
  }

  /**
   * The connection was lost while the outcome was open. The new session has the lock, so the old
   * one is over and the log tells what it committed.
   *
   * @return the appends that are not in the log
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
    fail(open, "The connection was lost; whether this was written is unknown", last);
    return List.of();
  }

  private void checkRoom() {
    availability
        .outOfSpace()
        .ifPresent(
            reason -> {
              throw new NoSpaceException(reason);
            });
  }

  /** The session, or a new one; tries for {@link EventLogLimits#reconnectWait()}. */
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
        checkRoom();
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
