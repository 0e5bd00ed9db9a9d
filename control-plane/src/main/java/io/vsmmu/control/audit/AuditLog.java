package io.vsmmu.control.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table of requests that change something. An entry is written before its request is carried
 * out, so that no change through the API is without one. Every method throws {@link
 * DatabaseException} if the database fails.
 */
public final class AuditLog {

  /** Characters of a path that are kept. */
  public static final int PATH_CHARS = 512;

  /** Characters of a detail that are kept. */
  public static final int DETAIL_CHARS = 1000;

  private static final int NAME_CHARS = 128;

  private final Statements statements;

  public AuditLog(DataSource dataSource) {
    this.statements = new Statements(dataSource);
  }

  /** Writes an entry without an outcome and returns its id. */
  public long begin(String subject, String method, String path) {
    return statements
        .query(
            "INSERT INTO audit (subject, method, path) VALUES (?, ?, ?) RETURNING id",
            row -> row.getLong(1),
            List.of(text(subject, NAME_CHARS), text(method, NAME_CHARS), text(path, PATH_CHARS)))
        .getFirst();
  }

  /** Adds the outcome to an entry. */
  public void finish(long id, int status, @Nullable String vsmmu, @Nullable String detail) {
    statements.update(
        "UPDATE audit SET status = ?, vsmmu = ?, detail = ? WHERE id = ?",
        Arrays.asList(
            status,
            vsmmu == null ? null : text(vsmmu, NAME_CHARS),
            detail == null ? null : text(detail, DETAIL_CHARS),
            id));
  }

  /** At most {@code limit} entries, in the order of their ids. */
  public List<AuditEntry> page(AuditFilter filter, int limit) {
    List<Object> arguments = new ArrayList<>();
    StringBuilder sql =
        new StringBuilder(
            "SELECT id, time, subject, method, path, status, vsmmu, detail FROM audit WHERE id >"
                + " ?");
    arguments.add(filter.after());
    restrict(sql, arguments, " AND subject = ?", filter.subject());
    restrict(sql, arguments, " AND method = ?", filter.method());
    restrict(sql, arguments, " AND vsmmu = ?", filter.vsmmu());
    restrict(sql, arguments, " AND status = ?", filter.status());
    restrict(sql, arguments, " AND time >= ?", utc(filter.from()));
    restrict(sql, arguments, " AND time <= ?", utc(filter.to()));
    sql.append(" ORDER BY id LIMIT ?");
    arguments.add(limit);
    return statements.query(sql.toString(), AuditLog::entry, arguments);
  }

  private static void restrict(
      StringBuilder sql, List<Object> arguments, String condition, @Nullable Object value) {
    if (value != null) {
      sql.append(condition);
      arguments.add(value);
    }
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong(1),
        row.getObject(2, OffsetDateTime.class).toInstant(),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getObject(6, Integer.class),
        row.getString(7),
        row.getString(8));
  }

  /** Cuts a text, and replaces NUL, which PostgreSQL does not store. */
  private static String text(String text, int most) {
    String kept = text.length() > most ? text.substring(0, most) : text;
    return kept.replace('\0', '?');
  }
}
