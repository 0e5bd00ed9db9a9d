package io.vsmmu.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.vsmmu.db.log.Availability;
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
 * The readers' pool, which does not let everybody find out for himself that the database is away:
 * while its supervisor says so, or while one caller finds out, all others are told at once.
 */
final class ReadersPool implements DataSource, AutoCloseable {

  /** The server starts up or shuts down: PostgreSQL's {@code cannot_connect_now}. */
  private static final String CANNOT_CONNECT_NOW = "57P03";

  private static final Duration BELIEVED = Duration.ofSeconds(1);

  private final HikariDataSource pool;
  private final Availability availability;
  private final AtomicBoolean findingOut = new AtomicBoolean();
  private volatile @Nullable Loss loss;

  /** That no connection was to be had. */
  private record Loss(String reason, long nanoTime) {}

  ReadersPool(String jdbcUrl, EventLogLimits limits, Availability availability) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(jdbcUrl);
    config.setPoolName("event-log-readers");
    config.setMaximumPoolSize(limits.poolConnections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(EventDatabase.CONNECTION_WAIT.toMillis());
    this.pool = new HikariDataSource(config);
    this.availability = availability;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Optional<String> away = availability.unavailable();
    if (away.isPresent()) {
      throw unavailable(away.get());
    }
    Loss last = loss;
    if (last == null) {
      return taken();
    }
    if (System.nanoTime() - last.nanoTime() < BELIEVED.toNanos()
        || !findingOut.compareAndSet(false, true)) {
      throw unavailable(last.reason());
    }
    try {
      return taken();
    } finally {
      findingOut.set(false);
    }
  }

  private Connection taken() throws SQLException {
    try {
      Connection connection = pool.getConnection();
      loss = null;
      return connection;
    } catch (SQLTransientConnectionException failed) {
      // With connections there, the database answers: all of them are in use.
      if (pool.getHikariPoolMXBean().getTotalConnections() == 0) {
        loss = new Loss(String.valueOf(failed.getMessage()), System.nanoTime());
      }
      throw failed;
    }
  }

  private static SQLException unavailable(String reason) {
    return new SQLTransientConnectionException(reason, CANNOT_CONNECT_NOW);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool has one user");
  }

  @Override
  public ConnectionBuilder createConnectionBuilder() throws SQLException {
    throw new SQLFeatureNotSupportedException("The pool has one user");
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
