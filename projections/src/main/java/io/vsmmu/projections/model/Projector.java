package io.vsmmu.projections.model;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log and fills the tables of the projections: the read models, and further ones. Rows
 * are committed in the same transaction as the position that they cover, so each event counts
 * exactly once even if the process is killed, and the same log always gives the same tables. A
 * projection that lags behind the others, because its version is new, is brought up to date first.
 *
 * <p>Owns the thread {@code projector}. The lock {@code batches} is held while a batch is
 * projected; {@code lock} guards the positions and the waiting callers, and may be taken under
 * {@code batches}. A projector of another process is excluded by the row locks in {@code
 * projection}, which each batch takes. Thread-safe.
 */
public final class Projector implements AutoCloseable {

  /** Name of the projection that the queries read. */
  public static final String READ_MODELS = ReadModels.NAME;

  /** The version of that projection's tables. */
  public static final int READ_MODELS_VERSION = ReadModels.VERSION;

  /** Most events in one transaction. */
  public static final int BATCH_EVENTS = 4096;

  /** Characters of rows after which a transaction ends with fewer events. */
  public static final int BATCH_CHARS = 16 << 20;

  /** Number of vSMMUs whose state is cached between events; another one's is folded again. */
  public static final int KEPT_STATES = 1024;

  /** Pause of the thread after a failed batch, before it tries again. */
  public static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /**
   * How long events are collected before they are projected in one transaction, unless a caller
   * waits for them. Projecting after every event would take disk and processor time from the log's
   * writer.
   */
  public static final Duration GATHER = Duration.ofMillis(200);

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

  /** Number of callers in {@link #awaitPosition}. */
  private int waiting;

  /** Whether tables of other versions have been cleared. */
  private boolean prepared;

  /**
   * vSMMUs with an event that cannot be decoded: their events from there on are in no table, so
   * that those of the others are.
   */
  private final Set<Integer> damaged = new HashSet<>();

  private volatile boolean closed;
  private volatile @Nullable RuntimeException failure;
  private @Nullable Thread thread;

  /** A projection and the last position that its committed tables cover. */
  private static final class Follower {
    private final Projection projection;
    private volatile long position;

    Follower(Projection projection, long position) {
      this.projection = projection;
      this.position = position;
    }
  }

  /**
   * Makes a projector, which does nothing until {@link #start} or {@link #catchUp}. {@link
   * Tables#migrate} must have created the tables.
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

  /**
   * Starts the thread, which follows the log until {@link #close}. Does nothing if it was started
   * or closed already.
   */
  public synchronized void start() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().daemon().name("projector").start(this::follow);
    }
  }

  /** Last position that the read models cover, 0 for none. Does not block. */
  public long position() {
    return readModels.position;
  }

  /**
   * Last position that a projection covers, 0 for none. Does not block.
   *
   * @throws IllegalArgumentException if there is no projection of that name
   */
  public long position(String projection) {
    return named(projection).position;
  }

  private Follower named(String projection) {
    return followers.stream()
        .filter(follower -> follower.projection.name().equals(projection))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no projection " + projection));
  }

  /** Last position that every projection covers. */
  private long behind() {
    return followers.stream().mapToLong(follower -> follower.position).min().orElse(0);
  }

  /** Why the thread's last batch failed; empty once one succeeds. */
  public Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Waits until the read models cover a position, so that a query then sees what its caller has
   * appended. The thread must have been started.
   *
   * @return false if the timeout expired first
   */
  public boolean awaitPosition(long reached, Duration timeout) throws InterruptedException {
    return awaitPosition(readModels, reached, timeout);
  }

  /**
   * As {@link #awaitPosition(long, Duration)}, for another projection.
   *
   * @throws IllegalArgumentException if there is no projection of that name
   */
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

  /** Waits for {@link #GATHER}, or until a caller waits for a position. */
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

  /**
   * Projects every event that is in the log, on the caller's thread.
   *
   * @throws ReadModelException if the tables cannot be written
   */
  public void catchUp() {
    while (projectBatch() > 0) {
      // Continues until a batch is empty.
    }
  }

  /**
   * Projects one batch of events, on the caller's thread.
   *
   * @return number of events, 0 at the end of the log
   * @throws ReadModelException if the tables cannot be written; then the batch is rolled back
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

  private void forget() {
    states.clear();
    followers.forEach(follower -> follower.projection.forget());
  }

  /** Ends the thread after its batch; waits up to 30 s for that. */
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
        // Tables of other versions are cleared in a transaction of its own, because a projection
        // may
        // read its committed rows on another connection while the first batch is projected.
        lock(connection);
        connection.commit();
        prepared = true;
      }
      relax(connection);
      lock(connection);
      long from = behind();
      BatchPass run = new BatchPass(from);
      log.readAllWhile(from + 1, from + BATCH_EVENTS, run::step);
      for (Follower follower : followers) {
        if (run.last > follower.position) {
          follower.projection.write(connection);
          ProjectionPositions.write(connection, follower.projection, run.last);
        }
      }
      Boundaries.reached(ProjectionBoundary.WRITTEN);
      connection.commit();
      Boundaries.reached(ProjectionBoundary.COMMITTED);
      for (Follower follower : followers) {
        moveTo(follower, Math.max(follower.position, run.last));
      }
      return (int) (run.last - from);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /**
   * Locks the rows of all projections, and reads the positions that another projector may have
   * moved.
   */
  private void lock(Connection connection) throws SQLException {
    for (Follower follower : followers) {
      long committed = ProjectionPositions.locked(connection, follower.projection);
      if (committed != follower.position) {
        forget();
        moveTo(follower, committed);
      }
    }
  }

  /**
   * Commits without waiting for the WAL's flush. A crash that loses rows also loses the position,
   * so the events are projected again.
   */
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
  private final class BatchPass {
    private long last;

    BatchPass(long from) {
      this.last = from;
    }

    boolean step(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      last = event.position();
      if (damaged.contains(event.vsmmu())) {
        return true;
      }
      VsmmuState before;
      VsmmuState after;
      try {
        before = states.before(event);
        after = states.after(event, before);
      } catch (DamagedEventException unreadable) {
        if (unreadable.position().isEmpty()) {
          throw unreadable;
        }
        damaged.add(event.vsmmu());
        return true;
      }
      long size = 0;
      for (Follower follower : followers) {
        if (event.position() > follower.position) {
          follower.projection.add(event, before, after);
          size += follower.projection.size();
        }
      }
      return size < BATCH_CHARS;
    }
  }
}
