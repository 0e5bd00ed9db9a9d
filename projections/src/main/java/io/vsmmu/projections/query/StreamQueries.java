package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.wire.EventKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Queries for the history of a StreamID. A page is read from one range of one index, so its cost
 * does not depend on the length of the log. Thread-safe.
 */
public final class StreamQueries {

  private static final String SELECT =
      "SELECT position, sequence, time_us, cause, vsmmu, type, payload FROM stream_history"
          + " WHERE vsmmu = ? AND sid = ?";
  private static final byte[] NO_HASH = new byte[0];

  private final Tables tables;
  private final EventLog log;

  public StreamQueries(DataSource dataSource, EventLog log) {
    this.tables = new Tables(dataSource);
    this.log = log;
  }

  /** A page of the history of a StreamID. */
  public Page<StreamItem> history(int vsmmu, int sid, Keyset keyset) {
    Span span = keyset.rest(new Span(0, Long.MAX_VALUE));
    List<LogEvent> events =
        tables.query(
            SELECT
                + " AND position BETWEEN ? AND ? ORDER BY position "
                + keyset.direction()
                + " LIMIT ?",
            StreamQueries::event,
            vsmmu,
            sid,
            span.first(),
            span.last(),
            keyset.limit());
    if (events.isEmpty()) {
      return Page.end(List.of());
    }
    List<LogEvent> ascending = keyset.ascending() ? events : events.reversed();
    List<StreamItem> items = items(vsmmu, sid, ascending);
    List<StreamItem> ordered = keyset.ascending() ? items : items.reversed();
    return events.size() < keyset.limit()
        ? Page.end(ordered)
        : Page.upTo(events.getLast().position(), ordered);
  }

  /**
   * The StreamIDs that the history of a vSMMU has, in the order of signed integers.
   *
   * @param most how many at most, plus one that shows that there are more
   */
  public List<Integer> streamIds(int vsmmu, int most) {
    return tables.query(
        "WITH RECURSIVE each AS ((SELECT min(sid) AS sid FROM stream_history WHERE vsmmu = ?)"
            + " UNION ALL SELECT (SELECT min(h.sid) FROM stream_history h WHERE h.vsmmu = ?"
            + " AND h.sid > each.sid) FROM each WHERE each.sid IS NOT NULL)"
            + " SELECT sid FROM each WHERE sid IS NOT NULL LIMIT ?",
        row -> row.getInt(1),
        vsmmu,
        vsmmu,
        most + 1);
  }

  private List<StreamItem> items(int vsmmu, int sid, List<LogEvent> ascending) {
    CausePositions causes = new CausePositions(log);
    causes.lookUp(ascending);
    StreamConfigured previous = configuredBefore(vsmmu, sid, ascending.getFirst().position());
    List<StreamItem> items = new ArrayList<>();
    for (LogEvent event : ascending) {
      Long cause = causes.of(vsmmu, event.cause());
      if (event.event() instanceof StreamConfigured now) {
        items.add(new StreamItem(event, cause, previous));
        previous = now;
      } else {
        items.add(new StreamItem(event, cause, null));
      }
    }
    return items;
  }

  private @Nullable StreamConfigured configuredBefore(int vsmmu, int sid, long position) {
    List<LogEvent> found =
        tables.query(
            SELECT + " AND position < ? AND type = ? ORDER BY position DESC LIMIT 1",
            StreamQueries::event,
            vsmmu,
            sid,
            position,
            EventKind.STREAM_CONFIGURED.number());
    return found.isEmpty() || !(found.getFirst().event() instanceof StreamConfigured configured)
        ? null
        : configured;
  }

  private static LogEvent event(ResultSet row) throws SQLException {
    return new LogEvent(
        new StoredEvent(
            row.getLong(1),
            row.getInt(5),
            row.getLong(2),
            row.getLong(3),
            row.getShort(6),
            Tables.nullableLong(row, 4),
            null,
            row.getBytes(7),
            NO_HASH));
  }
}
