package io.vsmmu.db.log;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * Runs single prepared statements, each on a connection borrowed for it, with results in binary
 * form. A {@link SQLException} becomes an {@link EventStoreException}.
 */
public final class Sql {

  /**
   * pgjdbc's prepareThreshold of -1 prepares at the first use and requests binary results. As text,
   * a bytea would be twice as long.
   */
  private static final int ALWAYS_BINARY = -1;

  private final DataSource dataSource;

  public Sql(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Reads a result set that is positioned before its first row. */
  public interface ResultReader<T extends @Nullable Object> {
    T read(ResultSet rows) throws SQLException;
  }

  /** Work on a connection, which it must leave as it found it. */
  public interface ConnectionUse<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  /**
   * Reads the result of a query.
   *
   * @throws EventStoreException if the database fails
   */
  public <T extends @Nullable Object> T query(
      String sql, ResultReader<T> reading, @Nullable Object... arguments) {
    return use(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments);
              ResultSet rows = statement.executeQuery()) {
            return reading.read(rows);
          }
        });
  }

  /**
   * Changes rows.
   *
   * @return how many
   * @throws EventStoreException if the database fails
   */
  public int update(String sql, @Nullable Object... arguments) {
    return use(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
          }
        });
  }

  /**
   * Borrows a connection.
   *
   * @throws EventStoreException if the database fails
   */
  public <T extends @Nullable Object> T use(ConnectionUse<T> use) {
    try (Connection connection = dataSource.getConnection()) {
      return use.with(connection);
    } catch (SQLException e) {
      throw new EventStoreException("The event database failed: " + e.getMessage(), e);
    }
  }

  /** Numbers as an argument that becomes an array of bigint. */
  public static Long[] numbers(Collection<Integer> numbers) {
    return numbers.stream().map(Integer::longValue).toArray(Long[]::new);
  }

  /** Prepares a statement; a {@code Long[]} becomes an array of bigint. */
  public static PreparedStatement prepare(
      Connection connection, String sql, @Nullable Object... arguments) throws SQLException {
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
