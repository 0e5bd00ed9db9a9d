package io.vsmmu.projections.model;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log and writes the projections: the read models, and others that are given. Rows and
 * the positions that the projections have reached are written in one transaction, so every event
 * counts exactly once, whenever the process dies; the same log always gives the same tables. A
 * projection that is behind the others, because its version is new, is caught up first.
 *
 * <p>One projector writes at a time: the rows in {@code projection} are locked for each batch.
 */
public final class Projector implements AutoCloseable {

  /** Name of the projection that queries read. */
  public static final String READ_MODELS = ReadModels.NAME;

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

  private final Tables tables;
  private final EventLog log;
  private final LatestStates states;
  private final List<Follower> followers = new ArrayList<>();
  private final Follower readModels;
  private final ReentrantLock batches = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Condition wanted = lock.newCondition();
  private int waiting;
  private boolean prepared;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException failure;
  private @Nullable Thread thread;

  /** A projection and the last event in its committed tables. */
  private static final class Follower {
    private final Projection projection;
    private volatile long position;

    Follower(Projection projection, long position) {
      this.projection = projection;
      this.position = position;
    }
  }

  /**
   * A projector whose tables {@link Tables#migrate} has made; it does nothing by itself.
   *
   * @param others projections besides the read models
   */
  public Projector(
      DataSource dataSource,
      EventLog log,
      Snapshots snapshots,
      TimeTravel travel,
      Projection... others) {
    this.tables = new Tables(dataSource);
    this.log = log;
    this.states = new LatestStates(travel, KEPT_STATES);
    this.readModels = follower(new ReadModels(log, snapshots));
    followers.add(readModels);
    for (Projection other : others) {
      followers.add(follower(other));
    }
  }

  private Follower follower(Projection projection) {
    return new Follower(
        projection, tables.use(connection -> ProjectionPositions.position(connection, projection)));
  }

  /** Follows the log on a thread of its own until {@link #close}. */
  public synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().daemon().name("projector").start(this::follow);
    }
  }

  /** Position of the last event in the read models, 0 if there is none. */
  public long position() {
    return readModels.position;
  }

  /** Position of the last event in the projection of that name. */
  public long position(String projection) {
    return named(projection).position;
  }

  private Follower named(String projection) {
    return followers.stream()
        .filter(follower -> follower.projection.name().equals(projection))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no projection " + projection));
  }

  /** Position of the last event in every projection. */
  private long behind() {
    return followers.stream().mapToLong(follower -> follower.position).min().orElse(0);
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
    return awaitPosition(readModels, reached, timeout);
  }

  /** As {@link #awaitPosition(long, Duration)}, for the projection of that name. */
  public boolean awaitPosition(String projection, long reached, Duration timeout)
      throws InterruptedException {
    return awaitPosition(named(projection), reached, timeout);
  }

  private boolean awaitPosition(Follower follower, long reached, Duration timeout)
      throws InterruptedException {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      waiting++;
      wanted.signal();
      while (follower.position < reached) {
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
      forget();
      throw e;
    } finally {
      batches.unlock();
    }
  }

  /** Throws every projection away and writes it again from the first event. */
  public void rebuild() {
    batches.lock();
    try {
      tables.use(
          connection -> {
            connection.setAutoCommit(false);
            for (Follower follower : followers) {
              ProjectionPositions.locked(connection, follower.projection);
              follower.projection.clear(connection);
              ProjectionPositions.write(connection, follower.projection, 0);
            }
            connection.commit();
            connection.setAutoCommit(true);
            return true;
          });
      forget();
      followers.forEach(follower -> moveTo(follower, 0));
      catchUp();
    } finally {
      batches.unlock();
    }
  }

  private void forget() {
    states.clear();
    followers.forEach(follower -> follower.projection.forget());
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
        if (log.awaitBeyond(behind(), IDLE_WAIT)) {
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
      if (!prepared) {
        // Committed by itself: who reads back what a projection left must not meet its old tables.
        lock(connection);
        connection.commit();
        prepared = true;
      }
      relax(connection);
      lock(connection);
      long from = behind();
      Run run = new Run(from);
      log.readAllWhile(from + 1, from + BATCH_EVENTS, run::step);
      for (Follower follower : followers) {
        if (run.last > follower.position) {
          follower.projection.write(connection);
          ProjectionPositions.write(connection, follower.projection, run.last);
        }
      }
      connection.commit();
      for (Follower follower : followers) {
        moveTo(follower, Math.max(follower.position, run.last));
      }
      return (int) (run.last - from);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Locks the rows of all projections, and looks where another projector left them. */
  private void lock(Connection connection) throws SQLException {
    for (Follower follower : followers) {
      long committed = ProjectionPositions.locked(connection, follower.projection);
      if (committed != follower.position) {
        forget();
        moveTo(follower, committed);
      }
    }
  }

  /** What a crash loses is projected again: the position is lost with it. */
  private static void relax(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL synchronous_commit = off");
    }
  }

  private void moveTo(Follower follower, long reached) {
    lock.lock();
    try {
      follower.position = reached;
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

  /** One pass over the events of a batch. */
  private final class Run {
    private long last;

    Run(long from) {
      this.last = from;
    }

    boolean step(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      VsmmuState before = states.before(event);
      VsmmuState after = states.after(event, before);
      long size = 0;
      for (Follower follower : followers) {
        if (event.position() > follower.position) {
          follower.projection.add(event, before, after);
          size += follower.projection.size();
        }
      }
      last = event.position();
      return size < BATCH_CHARS;
    }
  }
}
