package io.vsmmu.db.write;

import io.vsmmu.db.log.HashChain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Reads the ends of the vSMMUs' logs from the database. */
final class HeadReader {

  private static final String QUERY =
      "SELECT v.origin_us, e.sequence, e.hash FROM vsmmu v LEFT JOIN LATERAL (SELECT sequence,"
          + " hash FROM event WHERE vsmmu = v.id ORDER BY sequence DESC LIMIT 1) e ON true"
          + " WHERE v.id = ?";

  private final DataSource pool;
  private final Duration retryPause;

  /**
   * @param retryPause between two attempts to read
   */
  HeadReader(DataSource pool, Duration retryPause) {
    this.pool = pool;
    this.retryPause = retryPause;
  }

  /**
   * The end of a vSMMU's log in the database.
   *
   * @param deadline the {@link System#nanoTime} until which a database that fails is asked again
   * @throws EventStoreException if there is no such vSMMU, or the database cannot be read
   */
  StreamHead read(int vsmmuId, long deadline) {
    while (true) {
      try {
        return query(vsmmuId);
      } catch (SQLException e) {
        if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
          throw new EventStoreException(
              "Nothing was appended: the end of the log of vSMMU number %d cannot be read: %s"
                  .formatted(vsmmuId, e.getMessage()),
              e);
        }
        LockSupport.parkNanos(this, retryPause.toNanos());
      }
    }
  }

  private StreamHead query(int vsmmuId) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setInt(1, vsmmuId);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new EventStoreException("There is no vSMMU number " + vsmmuId);
        }
        byte[] hash = rows.getBytes(3);
        return hash == null
            ? new StreamHead(-1, HashChain.genesis(), rows.getLong(1), 0)
            : new StreamHead(rows.getLong(2), hash, rows.getLong(1), 0);
      }
    }
  }
}
