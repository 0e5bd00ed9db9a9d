package io.vsmmu.db.write;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Creates the partitions of the event table, each of which covers a range of positions, before the
 * log reaches them. Used by the writer only, on its connection.
 */
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

  /**
   * Reads the bounds of the existing partitions.
   *
   * @param rows number of positions of a new partition
   */
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

  /**
   * First position of the oldest partition that is still attached; the log begins there after older
   * ones were archived.
   */
  long firstPosition() {
    return from == Long.MAX_VALUE ? FIRST_POSITION : from;
  }

  /** Creates partitions until a whole empty one follows the one that holds the position. */
  void coverAhead(long position) throws SQLException {
    while (to <= position + rows) {
      create(to, to + rows);
      to += rows;
    }
  }

  /**
   * Creates a table and attaches it. CREATE TABLE ... PARTITION OF would take an ACCESS EXCLUSIVE
   * lock on the parent, which readers would wait for; ATTACH PARTITION takes SHARE UPDATE
   * EXCLUSIVE, which they do not conflict with. The table is empty, so attaching scans no rows.
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
