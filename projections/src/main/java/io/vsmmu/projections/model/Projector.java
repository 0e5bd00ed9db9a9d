package io.vsmmu.projections.model;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.Snapshot;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log and writes the read models. Rows and the projector's own position are written in
 * one transaction, so every event counts exactly once, whenever the process dies; the same log
 * always gives the same tables. Every {@link TimeTravel#SNAPSHOT_INTERVAL} events of a vSMMU it
 * leaves a snapshot, before the transaction that passes it commits.
 *
 * <p>One projector writes at a time: its row in {@code projection} is locked for each batch.
 */
public final class Projector implements AutoCloseable {

  /** Events in one transaction, at most. */
  public static final int BATCH_EVENTS = 4096;

  /** Characters of rows in one transaction, after which it ends early. */
  public static final int BATCH_CHARS = 16 << 20;

  /** States of vSMMUs kept between events. */
  public static final int KEPT_STATES = 1024;

  /** How long the following thread waits before it tries again what failed. */
  public static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /**
   * How long events may gather before they become one transaction, unless somebody waits for them:
   * a projector that runs after every event takes the log's disk and processor from its writer.
   */
  public static final Duration GATHER = Duration.ofMillis(50);

  private static final Duration IDLE_WAIT = Duration.ofMillis(500);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);
  private static final String NAME = "read-models";

  private final Tables tables;
  private final EventLog log;
  private final Snapshots snapshots;
  private final FoldStates states;
  private final ReentrantLock batches = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Condition wanted = lock.newCondition();
  private int waiting;
  private volatile long position;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException failure;
  private @Nullable Thread thread;

  /** A projector whose tables {@link Tables#migrate} has made; it does nothing by itself. */
  public Projector(DataSource dataSource, EventLog log, Snapshots snapshots, TimeTravel travel) {
    this.tables = new Tables(dataSource);
    this.log = log;
    this.snapshots = snapshots;
    this.states = new FoldStates(travel, KEPT_STATES);
    this.position = tables.use(Projector::committed);
  }

  /** Follows the log on a thread of its own until {@link #close}. */
  public synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().daemon().name("projector").start(this::follow);
    }
  }

  /** Position of the last event in the read models, 0 if there is none. */
  public long position() {
    return position;
  }

  /** Why the following thread does not get on, as long as it does not. */
  public Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Waits until the read models hold everything up to a position, so that a query sees what its
   * caller has written.
   *
   * @return false if the time ran out first
   */
  public boolean awaitPosition(long reached, Duration timeout) throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      waiting++;
      wanted.signal();
      while (position < reached) {
        if (nanos <= 0) {
          return false;
        }
        nanos = moved.awaitNanos(nanos);
      }
      return true;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  private void gather() throws InterruptedException {
    long nanos = GATHER.toNanos();
    lock.lock();
    try {
      while (waiting == 0 && nanos > 0) {
        nanos = wanted.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Projects everything that is in the log by now. */
  public void catchUp() {
    while (projectBatch() > 0) {
      // One batch after the other.
    }
  }

  /**
   * Projects one batch.
   *
   * @return how many events it had; 0 at the end of the log
   * @throws ReadModelException if the tables cannot be written; nothing of the batch is then
   */
  public int projectBatch() {
    batches.lock();
    try {
      return tables.use(this::projectBatch);
    } catch (RuntimeException e) {
      states.clear();
      throw e;
    } finally {
      batches.unlock();
    }
  }

  /** Throws the read models away and writes them again from the first event. */
  public void rebuild() {
    batches.lock();
    try {
      tables.use(
          connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
              statement.execute("TRUNCATE " + String.join(", ", Tables.NAMES));
              statement.execute("DELETE FROM projection WHERE name = '" + NAME + "'");
            }
            connection.commit();
            connection.setAutoCommit(true);
            return true;
          });
      states.clear();
      moveTo(0);
      catchUp();
    } finally {
      batches.unlock();
    }
  }

  /** Ends the following thread after its batch. */
  @Override
  public synchronized void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(CLOSE_WAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void follow() {
    while (!closed) {
      try {
        if (log.awaitBeyond(position, IDLE_WAIT)) {
          gather();
          catchUp();
        }
        failure = null;
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        failure = e;
        pause();
      }
    }
  }

  private int projectBatch(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try {
      relax(connection);
      long from = lockedPosition(connection);
      if (from != position) {
        // Another projector was here.
        states.clear();
      }
      Run run = new Run(from);
      log.readAllWhile(from + 1, from + BATCH_EVENTS, run::step);
      if (run.last > from) {
        run.batch.write(connection);
        write(connection, run.last);
      }
      connection.commit();
      moveTo(run.last);
      return (int) (run.last - from);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** What a crash loses is projected again: the position is lost with it. */
  private static void relax(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL synchronous_commit = off");
    }
  }

  private void moveTo(long reached) {
    lock.lock();
    try {
      position = reached;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long committed(Connection connection) throws SQLException {
    return position(connection, "SELECT position FROM projection WHERE name = ?");
  }

  private static long lockedPosition(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO projection (name, position) VALUES (?, 0) ON CONFLICT DO NOTHING")) {
      insert.setString(1, NAME);
      insert.executeUpdate();
    }
    return position(connection, "SELECT position FROM projection WHERE name = ? FOR UPDATE");
  }

  private static long position(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, NAME);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private static void write(Connection connection, long reached) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE projection SET position = ? WHERE name = ?")) {
      update.setLong(1, reached);
      update.setString(2, NAME);
      update.executeUpdate();
    }
  }

  /** One pass over the events of a batch. */
  private final class Run {
    private final Batch batch = new Batch();
    private long last;

    Run(long from) {
      this.last = from;
    }

    boolean step(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      VsmmuState before = states.before(event);
      VsmmuState after = states.after(event, before);
      batch.add(event, before, after);
      if (after.events() % TimeTravel.SNAPSHOT_INTERVAL == 0) {
        snapshots.store(
            event.vsmmu(),
            new Snapshot(event.sequence(), SnapshotCodec.TYPE, SnapshotCodec.encode(after)));
      }
      last = event.position();
      return batch.size() < BATCH_CHARS;
    }
  }
}
