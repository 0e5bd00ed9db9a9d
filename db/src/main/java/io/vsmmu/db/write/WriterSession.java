package io.vsmmu.db.write;

import io.vsmmu.db.log.EventLogLimits;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The shipper's connection, which holds a session-level advisory lock. Because the lock belongs to
 * the same session as the COPYs, another writer can write only after the server process of this
 * session has ended, and then no statement of it can still be running. Not thread-safe.
 */
final class WriterSession implements AutoCloseable {

  /** Key of the advisory lock: "vsmmulog" in ASCII. */
  static final long LOCK_KEY = 0x76736d6d756c6f67L;

  /** Signature, flags and length of the extension (PostgreSQL documentation, COPY). */
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};
  private static final String COPY = "COPY " + JournalRow.COLUMNS + " FROM STDIN (FORMAT binary)";

  private static final Logger LOGGER = System.getLogger(WriterSession.class.getName());
  private static final Executor SAME_THREAD = Runnable::run;

  private final Connection connection;
  private final Partitions partitions;
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
      connection.setNetworkTimeout(SAME_THREAD, (int) limits.answerWait().toMillis());
      lock(limits);
      // New partitions have no statistics, for lack of which the planner would not use the indexes.
      execute("SET enable_seqscan = off");
      execute("SET synchronous_commit = on");
      this.partitions = new Partitions(connection, limits.partitionRows());
      this.head = readHead();
      this.partitions.coverAhead(head);
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
   * Copies rows to the event table in one transaction, which is committed when this returns. If it
   * fails, no row is written, or it is unknown whether they are: the next session's {@link #head}
   * shows it.
   *
   * @param rows in binary COPY format, without header and trailer, whose positions follow {@link
   *     #head}
   * @param last position of the last row
   */
  void copy(byte[] rows, int length, long last) throws SQLException {
    partitions.coverAhead(last);
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    try {
      copy.writeToCopy(HEADER, 0, HEADER.length);
      copy.writeToCopy(rows, 0, length);
      copy.writeToCopy(TRAILER, 0, TRAILER.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
    head = last;
  }

  /** What the database knows about its journal; empty if it was never written through one. */
  Optional<JournalBinding> journal() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT identity, complete FROM journal ORDER BY number DESC LIMIT 1")) {
      return row.next()
          ? Optional.of(new JournalBinding(row.getObject(1, UUID.class), row.getBoolean(2)))
          : Optional.empty();
    }
  }

  /** Binds the database to a journal. */
  void bind(JournalBinding journal) throws SQLException {
    String sql =
        "INSERT INTO journal (identity, number, complete)"
            + " SELECT ?, coalesce(max(number), 0) + 1, ? FROM journal"
            + " ON CONFLICT (identity) DO UPDATE SET number = EXCLUDED.number,"
            + " complete = EXCLUDED.complete";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, journal.identity());
      statement.setBoolean(2, journal.complete());
      statement.executeUpdate();
    }
  }

  /** Whether the database was ever written through a journal. */
  boolean knows(UUID journal) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM journal WHERE identity = ?")) {
      statement.setObject(1, journal);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /** Hash of the event at a position; empty if it was archived or does not exist. */
  Optional<byte[]> hashAt(long position) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT hash FROM event WHERE position = ?")) {
      statement.setLong(1, position);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
      }
    }
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
      Thread.sleep(limits.retryPause());
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
