package io.vsmmu.projections.model;

import io.vsmmu.db.schema.Migrations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The tables of the read models. Every method throws {@link ReadModelException} if they fail. */
public final class Tables {

  /** Module name for {@link Migrations}. */
  public static final String MODULE = "projections";

  /** The read models' tables, without the projection's own token. */
  public static final List<String> NAMES =
      List.of("stream_history", "host_object", "sieve", "far_effect", "failure", "vsmmu_summary");

  private final DataSource dataSource;

  public Tables(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Makes something of one row. */
  public interface Row<T> {
    /** Reads the current row. */
    T read(ResultSet row) throws SQLException;
  }

  /** Uses a connection. */
  interface Use<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  /** Creates the tables, or brings them up to date. */
  public static void migrate(DataSource dataSource) {
    Migrations.run(dataSource, MODULE);
  }

  /** All rows of a query. */
  public <T> List<T> query(String sql, Row<T> row, @Nullable Object... arguments) {
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

  /** A bigint that may be null. */
  public static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** An integer that may be null. */
  public static @Nullable Integer nullableInt(ResultSet row, int column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  <T extends @Nullable Object> T use(Use<T> use) {
    try (Connection connection = dataSource.getConnection()) {
      return use.with(connection);
    } catch (SQLException e) {
      throw new ReadModelException("The read models failed: " + e.getMessage(), e);
    }
  }

  private static <T> List<T> all(PreparedStatement statement, Row<T> row) throws SQLException {
    List<T> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(row.read(rows));
      }
    }
    return found;
  }
}
