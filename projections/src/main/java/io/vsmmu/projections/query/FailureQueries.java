package io.vsmmu.projections.query;

import io.vsmmu.projections.model.FailureRows.Kind;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.view.Hex;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Queries for what failed: operations of the host, commands, writes to guest memory, lost fault
 * records, incomplete recordings. Thread-safe.
 */
public final class FailureQueries {

  private static final String COLUMNS = "position, ordinal, kind, code, sid, health, detail";

  private final Tables tables;

  public FailureQueries(DataSource dataSource) {
    this.tables = new Tables(dataSource);
  }

  /**
   * A page of failures. All failures of one event are on the same page, so a page may exceed its
   * limit by those of its last event.
   */
  public Page<FailureItem> failures(int vsmmu, Keyset keyset) {
    Span span = keyset.rest(new Span(0, Long.MAX_VALUE));
    List<FailureItem> items =
        tables.query(
            "SELECT "
                + COLUMNS
                + " FROM failure WHERE vsmmu = ? AND position BETWEEN ? AND ? ORDER BY position "
                + keyset.direction()
                + " FETCH FIRST "
                + keyset.limit()
                + " ROWS WITH TIES",
            FailureQueries::item,
            vsmmu,
            span.first(),
            span.last());
    return items.size() < keyset.limit()
        ? Page.end(items)
        : Page.upTo(items.getLast().position(), items);
  }

  private static FailureItem item(ResultSet row) throws SQLException {
    @Nullable Integer sid = Tables.nullableInt(row, 5);
    return new FailureItem(
        row.getLong(1),
        row.getInt(2),
        Kind.valueOf(row.getString(3)),
        row.getLong(4),
        sid == null ? null : Hex.of(sid),
        row.getString(6),
        row.getString(7));
  }
}
