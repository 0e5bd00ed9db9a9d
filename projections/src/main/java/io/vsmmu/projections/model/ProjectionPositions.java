package io.vsmmu.projections.model;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads and writes the table {@code projection}: the position that each projection covers. */
final class ProjectionPositions {

  private ProjectionPositions() {}

  /**
   * Last position that a projection's tables cover; 0 if they have another version or are empty.
   */
  static long position(Connection connection, Projection projection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT position FROM projection WHERE name = ? AND version = ?")) {
      select.setString(1, projection.name());
      select.setInt(2, projection.version());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  /**
   * As {@link #position}, and locks the row until the end of the transaction. Tables of another
   * version are cleared.
   */
  static long locked(Connection connection, Projection projection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT position, version FROM projection WHERE name = ? FOR UPDATE")) {
      select.setString(1, projection.name());
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next() && rows.getInt(2) == projection.version()) {
          return rows.getLong(1);
        }
      }
    }
    projection.clear(connection);
    write(connection, projection, 0);
    return 0;
  }

  /** Records the position that a projection covers from now on. */
  static void write(Connection connection, Projection projection, long reached)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "INSERT INTO projection (name, position, version) VALUES (?, ?, ?)"
                + " ON CONFLICT (name) DO UPDATE"
                + " SET position = EXCLUDED.position, version = EXCLUDED.version")) {
      update.setString(1, projection.name());
      update.setLong(2, reached);
      update.setInt(3, projection.version());
      update.executeUpdate();
    }
  }
}
