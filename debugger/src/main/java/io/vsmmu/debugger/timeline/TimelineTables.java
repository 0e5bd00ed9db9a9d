package io.vsmmu.debugger.timeline;

import io.vsmmu.db.Migrations;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Reads and writes the tables {@code timeline_block} and {@code timeline_events}. Reading throws
 * {@link io.vsmmu.projections.model.ReadModelException} if the database fails. Thread-safe.
 */
public final class TimelineTables {

  /** Module name for {@link Migrations}. */
  private static final String MODULE = "debugger";

  private static final String SELECT =
      "SELECT block, first_position, last_position, first_time_us, last_time_us, counts"
          + " FROM timeline_block WHERE vsmmu = ? AND level = ?";

  private final Tables tables;

  TimelineTables(DataSource dataSource) {
    this.tables = new Tables(dataSource);
  }

  /**
   * Creates the tables, or brings their schema up to date.
   *
   * @throws org.flywaydb.core.api.FlywayException if that fails
   */
  public static void migrate(DataSource dataSource) {
    Migrations.run(dataSource, MODULE);
  }

  /** Number of a vSMMU's blocks of level 0, from its first event on. */
  long blocks(int vsmmu) {
    return tables
        .query(
            "SELECT block FROM timeline_block WHERE vsmmu = ? AND level = 0"
                + " ORDER BY block DESC LIMIT 1",
            row -> row.getLong(1) + 1,
            vsmmu)
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /** The blocks of a level with these numbers, ascending. */
  List<CountedBlock> blocks(int vsmmu, int level, Span numbers) {
    return tables.query(
        SELECT + " AND block BETWEEN ? AND ? ORDER BY block",
        row -> block(row, level),
        vsmmu,
        level,
        (int) numbers.first(),
        (int) numbers.last());
  }

  /**
   * Passes the events of blocks of level 0, which are read {@code atOnce} at a time.
   *
   * @param beginning sequence of the first event of the log
   */
  void eachEvent(
      int vsmmu, List<Long> blocks, int atOnce, long beginning, EventBlock.Visitor visitor) {
    for (int from = 0; from < blocks.size(); from += atOnce) {
      Long[] some =
          blocks.subList(from, Math.min(from + atOnce, blocks.size())).toArray(Long[]::new);
      tables
          .query(
              "SELECT block, events FROM timeline_events WHERE vsmmu = ? AND block = ANY (?)"
                  + " ORDER BY block",
              row -> new StoredEvents(row.getLong(1), row.getBytes(2)),
              vsmmu,
              some)
          .forEach(
              stored ->
                  EventBlock.each(
                      Math.max(beginning, stored.block() * EventBlock.EVENTS),
                      stored.events(),
                      visitor));
    }
  }

  private record StoredEvents(long block, byte[] events) {}

  /** Writes full blocks, and those of level 1 that they complete. */
  static void write(Connection connection, int vsmmu, List<EventBlock> full) throws SQLException {
    try (PreparedStatement events =
        connection.prepareStatement(
            "INSERT INTO timeline_events (vsmmu, block, events) VALUES (?, ?, ?)")) {
      for (EventBlock block : full) {
        CountedBlock counted = block.counted();
        insert(connection, vsmmu, 0, counted);
        events.setInt(1, vsmmu);
        events.setInt(2, (int) counted.number());
        events.setBytes(3, block.events());
        events.addBatch();
      }
      events.executeBatch();
    }
    for (EventBlock block : full) {
      long number = block.counted().number();
      if ((number + 1) % EventBlock.BLOCKS == 0) {
        insert(connection, vsmmu, 1, sum(connection, vsmmu, number / EventBlock.BLOCKS));
      }
    }
  }

  private static void insert(Connection connection, int vsmmu, int level, CountedBlock block)
      throws SQLException {
    Varints.Writer counts = new Varints.Writer();
    block.counts().write(counts);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO timeline_block (vsmmu, level, block, first_position, last_position,"
                + " first_time_us, last_time_us, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setInt(1, vsmmu);
      insert.setInt(2, level);
      insert.setInt(3, (int) block.number());
      insert.setLong(4, block.firstPosition());
      insert.setLong(5, block.lastPosition());
      insert.setLong(6, block.firstTime());
      insert.setLong(7, block.lastTime());
      insert.setBytes(8, counts.toBytes());
      insert.executeUpdate();
    }
  }

  private static CountedBlock sum(Connection connection, int vsmmu, long number)
      throws SQLException {
    List<CountedBlock> parts = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(SELECT + " AND block BETWEEN ? AND ? ORDER BY block")) {
      select.setInt(1, vsmmu);
      select.setInt(2, 0);
      select.setInt(3, (int) (number * EventBlock.BLOCKS));
      select.setInt(4, (int) ((number + 1) * EventBlock.BLOCKS - 1));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          parts.add(block(rows, 0));
        }
      }
    }
    EventCounts counts = new EventCounts();
    parts.forEach(part -> counts.add(part.counts()));
    return new CountedBlock(
        number,
        eventsOf(1),
        parts.getFirst().firstPosition(),
        parts.getLast().lastPosition(),
        parts.stream().mapToLong(CountedBlock::firstTime).min().orElseThrow(),
        parts.stream().mapToLong(CountedBlock::lastTime).max().orElseThrow(),
        counts);
  }

  /** Events of a block of a level. */
  static long eventsOf(int level) {
    return level == 0 ? EventBlock.EVENTS : (long) EventBlock.EVENTS * EventBlock.BLOCKS;
  }

  private static CountedBlock block(ResultSet row, int level) throws SQLException {
    EventCounts counts = new EventCounts();
    counts.read(new Varints.Reader(row.getBytes(6)));
    return new CountedBlock(
        row.getLong(1),
        eventsOf(level),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        counts);
  }

  static void clear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE timeline_block, timeline_events");
    }
  }
}
