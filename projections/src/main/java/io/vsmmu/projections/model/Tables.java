package io.vsmmu.projections.model;

import io.vsmmu.db.Migrations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Access to the tables of the read models. Every method throws {@link ReadModelException} if the
 * database fails, except for {@link #migrate}. Thread-safe.
 */
public final class Tables {

  /** Module name for {@link Migrations}. */
  public static final String MODULE = "projections";

  /** The tables of the read models, without {@code projection}. */
  public static final List<String> NAMES =
      List.of("stream_history", "host_object", "sieve", "far_effect", "failure", "vsmmu_summary");

  private final DataSource dataSource;

  public Tables(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Converts the current row of a result set. */
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Work on a connection, whose {@link SQLException} becomes a {@link ReadModelException}. */
  interface TableAccess<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  /**
   * Creates the tables, or brings their schema up to date.
   *
   * @throws org.flywaydb.core.api.FlywayException if that fails
   */
  public static void migrate(DataSource dataSource) {
    Migrations.run(dataSource, MODULE);
  }

  /**
   * All rows of a query.
   *
   * @param arguments values of its parameters; a {@code Long[]} becomes an array of bigint
   */
  public <T> List<T> query(String sql, RowReader<T> row, @Nullable Object... arguments) {
    return use(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
              if (arguments[i] instanceof Long[] numbers) {
                statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
              } else {
                statement.setObject(i + 1, arguments[i]);
              }
            }
            return all(statement, row);
          }
        });
  }

  /** Reads a bigint column, null if it is NULL. */
  public static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** Reads an integer column, null if it is NULL. */
  public static @Nullable Integer nullableInt(ResultSet row, int column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  <T extends @Nullable Object> T use(TableAccess<T> use) {
    try (Connection connection = dataSource.getConnection()) {
      return use.with(connection);
    } catch (SQLException e) {
      throw new ReadModelException("The read models failed: " + e.getMessage(), e);
    }
  }

  private static <T> List<T> all(PreparedStatement statement, RowReader<T> row)
      throws SQLException {
    List<T> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(row.read(rows));
      }
    }
    return found;
  }
}
