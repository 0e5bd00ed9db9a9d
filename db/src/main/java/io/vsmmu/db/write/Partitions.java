package io.vsmmu.db.write;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The partitions of the event table: each covers a range of positions, made ahead of the head. */
final class Partitions {

  private static final String BOUNDS =
      "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i"
          + " JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'event'::regclass";
  private static final Pattern RANGE = Pattern.compile("FROM \\('(\\d+)'\\) TO \\('(\\d+)'\\)");
  private static final long FIRST_POSITION = 1;

  private final Connection connection;
  private final long rows;
  private long from = Long.MAX_VALUE;
  private long to = FIRST_POSITION;

  /** Reads which partitions there are. */
  Partitions(Connection connection, long rows) throws SQLException {
    this.connection = connection;
    this.rows = rows;
    try (Statement statement = connection.createStatement();
        ResultSet bounds = statement.executeQuery(BOUNDS)) {
      while (bounds.next()) {
        Matcher range = RANGE.matcher(bounds.getString(1));
        if (range.find()) {
          from = Math.min(from, Long.parseLong(range.group(1)));
          to = Math.max(to, Long.parseLong(range.group(2)));
        }
      }
    }
  }

  /** First position that no archived partition can have held. */
  long firstPosition() {
    return from == Long.MAX_VALUE ? FIRST_POSITION : from;
  }

  /** Makes partitions until there is a whole unused one beyond the position. */
  void coverAhead(long position) throws SQLException {
    while (to <= position + rows) {
      create(to, to + rows);
      to += rows;
    }
  }

  /**
   * Made as a table and then attached: PARTITION OF would lock out every reader of the parent,
   * ATTACH does not. The table is empty, so that attaching has nothing to check.
   */
  private void create(long first, long end) throws SQLException {
    String name = "event_" + first;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "BEGIN;"
              + (" CREATE TABLE " + name + " (LIKE event INCLUDING ALL);")
              + (" CREATE UNIQUE INDEX " + name + "_stream ON " + name + " (vsmmu, sequence);")
              + (" ALTER TABLE event ATTACH PARTITION " + name)
              + (" FOR VALUES FROM (" + first + ") TO (" + end + ");")
              + " COMMIT");
    } catch (SQLException e) {
      rollback(e);
      throw e;
    }
  }

  private void rollback(SQLException cause) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
