package io.vsmmu.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.EventLogLimits;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The readers' connection pool. While the database is unavailable, callers fail at once instead of
 * each waiting for the pool's timeout. It counts as unavailable while its supervisor says so; and
 * after a caller could get no connection, for {@link #RETRY_AFTER}, whereupon one caller tries
 * again and the others still fail until it succeeds.
 */
final class ReadersPool implements DataSource, AutoCloseable {

  /** SQLSTATE cannot_connect_now, which PostgreSQL itself gives while it starts or shuts down. */
  private static final String CANNOT_CONNECT_NOW = "57P03";

  /** How long callers fail after one could get no connection, before the next one tries. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final HikariDataSource pool;
  private final Availability availability;

  /** Whether a caller tries to get a connection after an outage. */
  private final AtomicBoolean trying = new AtomicBoolean();

  /** The last outage, null once a connection was given out after it. */
  private volatile @Nullable Outage outage;

  /** A failure to get a connection, at a {@link System#nanoTime()}. */
  private record Outage(String reason, long nanoTime) {}

  ReadersPool(ConnectionAddress address, EventLogLimits limits, Availability availability) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(address.url());
    config.setDataSourceProperties(address.parameters());
    config.setPoolName("event-log-readers");
    config.setMaximumPoolSize(limits.poolConnections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(EventDatabase.CONNECTION_WAIT.toMillis());
    this.pool = new HikariDataSource(config);
    this.availability = availability;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Optional<String> reported = availability.unavailable();
    if (reported.isPresent()) {
      throw unavailable(reported.get());
    }
    Outage last = outage;
    if (last == null) {
      return borrow();
    }
    if (System.nanoTime() - last.nanoTime() < RETRY_AFTER.toNanos()
        || !trying.compareAndSet(false, true)) {
      throw unavailable(last.reason());
    }
    try {
      return borrow();
    } finally {
      trying.set(false);
    }
  }

  private Connection borrow() throws SQLException {
    try {
      Connection connection = pool.getConnection();
      outage = null;
      return connection;
    } catch (SQLTransientConnectionException failed) {
      // A pool that has connections only timed out because all of them are in use.
      if (pool.getHikariPoolMXBean().getTotalConnections() == 0) {
        outage = new Outage(String.valueOf(failed.getMessage()), System.nanoTime());
      }
      throw failed;
    }
  }

  private static SQLException unavailable(String reason) {
    return new SQLTransientConnectionException(reason, CANNOT_CONNECT_NOW);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool connects as one user, given in its URL");
  }

  @Override
  public ConnectionBuilder createConnectionBuilder() throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool connects as one user, given in its URL");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return pool.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || pool.isWrapperFor(type);
  }

  @Override
  public void close() {
    pool.close();
  }
}
