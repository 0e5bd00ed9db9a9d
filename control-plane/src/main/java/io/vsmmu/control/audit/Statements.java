package io.vsmmu.control.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Executes SQL statements, each in a transaction of its own. Every method throws {@link
 * DatabaseException} if the database fails. Safe for all threads.
 */
public final class Statements {

  private final DataSource dataSource;

  public Statements(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** All rows of a query, or of the RETURNING of an INSERT or UPDATE. */
  public <T> List<T> query(String sql, Row<T> row, List<? extends @Nullable Object> arguments) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = prepared(connection, sql, arguments);
        ResultSet rows = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(row.read(rows));
      }
      return found;
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  /** Executes a statement and returns the number of rows that it changed. */
  public int update(String sql, List<? extends @Nullable Object> arguments) {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = prepared(connection, sql, arguments)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  private static PreparedStatement prepared(
      Connection connection, String sql, List<? extends @Nullable Object> arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.size(); i++) {
      statement.setObject(i + 1, arguments.get(i));
    }
    return statement;
  }
}
