package io.vsmmu.db.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** One prepared statement on a borrowed connection, with results in binary form. */
final class Sql {

  /** Prepares on first use and asks for binary results: a bytea as text costs twice the bytes. */
  private static final int ALWAYS_BINARY = -1;

  private final DataSource dataSource;

  Sql(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Reads the result set from before its first row. */
  interface Reading<T extends @Nullable Object> {
    T read(ResultSet rows) throws SQLException;
  }

  /** Uses a connection. */
  interface Use<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  <T extends @Nullable Object> T query(
      String sql, Reading<T> reading, @Nullable Object... arguments) {
    return use(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments);
              ResultSet rows = statement.executeQuery()) {
            return reading.read(rows);
          }
        });
  }

  int update(String sql, @Nullable Object... arguments) {
    return use(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
          }
        });
  }

  <T extends @Nullable Object> T use(Use<T> use) {
    try (Connection connection = dataSource.getConnection()) {
      return use.with(connection);
    } catch (SQLException e) {
      throw new EventStoreException("The event database failed: " + e.getMessage(), e);
    }
  }

  private static PreparedStatement prepare(
      Connection connection, String sql, @Nullable Object[] arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.unwrap(PGStatement.class).setPrepareThreshold(ALWAYS_BINARY);
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof Long[] numbers) {
        statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
      } else {
        statement.setObject(i + 1, arguments[i]);
      }
    }
    return statement;
  }
}
