package io.vsmmu.projections.lint;

import io.vsmmu.projections.model.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Reads and writes the table {@code rule_run}: the newest checkpoint of the rules for each vSMMU
 * that has enough events for one.
 */
public final class Checkpoints {

  private final Tables tables;

  public Checkpoints(DataSource dataSource) {
    this.tables = new Tables(dataSource);
  }

  /** The newest checkpoint of a vSMMU, as encoded by {@link RuleRun#encode}. */
  Optional<byte[]> find(int vsmmu) {
    return tables
        .query("SELECT payload FROM rule_run WHERE vsmmu = ?", row -> row.getBytes(1), vsmmu)
        .stream()
        .findFirst();
  }

  /** Stores a checkpoint for each vSMMU in the map, which replaces its previous one. */
  static void write(Connection connection, Map<Integer, byte[]> newest) throws SQLException {
    if (newest.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO rule_run (vsmmu, payload) VALUES (?, ?)"
                + " ON CONFLICT (vsmmu) DO UPDATE SET payload = EXCLUDED.payload")) {
      for (Map.Entry<Integer, byte[]> entry : newest.entrySet()) {
        statement.setInt(1, entry.getKey());
        statement.setBytes(2, entry.getValue());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  static void clear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE rule_run");
    }
  }
}
