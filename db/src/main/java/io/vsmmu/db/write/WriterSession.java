package io.vsmmu.db.write;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/**
 * The writer's connection, which holds a session-level advisory lock. Because the lock belongs to
 * the same session as the INSERTs, another writer can write only after the server process of this
 * session has ended, and then no statement of it can still be running. Not thread-safe.
 */
final class WriterSession implements AutoCloseable {

  /** Key of the advisory lock: "vsmmulog" in ASCII. */
  static final long LOCK_KEY = 0x76736d6d756c6f67L;

  private static final Logger LOGGER = System.getLogger(WriterSession.class.getName());
  private static final Executor SAME_THREAD = Runnable::run;

  private final Connection connection;
  private final Partitions partitions;
  private final RowWriter writer;
  private AppendDurability mode = AppendDurability.COMMITTED;
  private long head;

  /**
   * Connects and takes the lock.
   *
   * @throws LogLockedException if another writer holds the lock for {@link
   *     EventLogLimits#lockWait()}
   * @throws SQLException if the database cannot be reached
   */
  WriterSession(DataSource dataSource, EventLogLimits limits) throws SQLException {
    this.connection = dataSource.getConnection();
    try {
      connection.setAutoCommit(true);
      connection.setNetworkTimeout(SAME_THREAD, (int) limits.appendWait().toMillis());
      lock(limits);
      // New partitions have no statistics, for lack of which the planner would not use the indexes.
      execute("SET enable_seqscan = off");
      execute("SET synchronous_commit = on");
      this.partitions = new Partitions(connection, limits.partitionRows());
      this.head = readHead();
      this.partitions.coverAhead(head);
      this.writer = new RowWriter(connection);
    } catch (SQLException | RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /** Last committed position, 0 if there is none. */
  long head() {
    return head;
  }

  /**
   * Writes rows in one transaction, which is committed when this returns.
   *
   * @param bulk whether to use COPY instead of INSERT
   */
  void write(RowColumns rows, boolean bulk, AppendDurability durability) throws SQLException {
    long last = rows.nextPosition() - 1;
    partitions.coverAhead(last);
    switchTo(durability);
    if (bulk) {
      writer.copy(rows);
    } else {
      writer.insert(rows);
    }
    head = last;
  }

  /**
   * Reads the end of a vSMMU's log.
   *
   * @throws EventStoreException if there is no such vSMMU
   */
  StreamHead readStreamHead(int vsmmuId) throws SQLException {
    String query =
        "SELECT v.origin_us, e.sequence, e.hash FROM vsmmu v LEFT JOIN LATERAL (SELECT sequence,"
            + " hash FROM event WHERE vsmmu = v.id ORDER BY sequence DESC LIMIT 1) e ON true"
            + " WHERE v.id = ?";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setInt(1, vsmmuId);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new EventStoreException("There is no vSMMU number " + vsmmuId);
        }
        byte[] hash = rows.getBytes(3);
        return hash == null
            ? new StreamHead(-1, HashChain.genesis(), rows.getLong(1))
            : new StreamHead(rows.getLong(2), hash, rows.getLong(1));
      }
    }
  }

  /** Position of a vSMMU's event, if the log holds it with this hash. */
  Optional<Long> positionOf(int vsmmuId, long sequence, byte[] hash) throws SQLException {
    String query = "SELECT position, hash FROM event WHERE vsmmu = ? AND sequence = ?";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setInt(1, vsmmuId);
      statement.setLong(2, sequence);
      try (ResultSet rows = statement.executeQuery()) {
        boolean same = rows.next() && Arrays.equals(rows.getBytes(2), hash);
        return same ? Optional.of(rows.getLong(1)) : Optional.empty();
      }
    }
  }

  /**
   * Whether a new session is needed after an error: because the connection, and with it the lock,
   * is lost (SQLSTATE class 08, and 57P for a server that shuts down or crashed), or because the
   * log is not what this session assumes (class 23: a position or sequence exists already).
   */
  boolean lost(SQLException e) {
    String state = e.getSQLState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("23")
        || closed();
  }

  /** Releases the lock explicitly, because a pool would keep the connection and thus the lock. */
  @Override
  public void close() {
    try (connection) {
      if (!connection.isClosed()) {
        execute("SELECT pg_advisory_unlock(" + LOCK_KEY + ")");
      }
    } catch (SQLException e) {
      // The server has ended the session, which has released the lock.
      LOGGER.log(Level.DEBUG, "The event log's connection was gone already", e);
    }
  }

  private boolean closed() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  private void lock(EventLogLimits limits) throws SQLException {
    long deadline = System.nanoTime() + limits.lockWait().toNanos();
    while (!tryLock()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LogLockedException(
            "Another process writes this event log: it kept the lock for " + limits.lockWait());
      }
      pause(limits);
    }
  }

  private boolean tryLock() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK_KEY + ")")) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static void pause(EventLogLimits limits) {
    try {
      Thread.sleep(limits.reconnectPause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EventStoreException("Interrupted while waiting for the event log's lock", e);
    }
  }

  private long readHead() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT coalesce(max(position), 0) FROM event")) {
      long last = row.next() ? row.getLong(1) : 0;
      return Math.max(last, partitions.firstPosition() - 1);
    }
  }

  private void switchTo(AppendDurability durability) throws SQLException {
    if (mode != durability) {
      execute(
          "SET synchronous_commit = "
              + (durability == AppendDurability.BOUNDED_LOSS ? "off" : "on"));
      mode = durability;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void closeAfter(Exception cause) {
    try {
      connection.close();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
