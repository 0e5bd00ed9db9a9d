package io.vsmmu.db.log;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes rows of the event table from a result set. {@link BinaryRow} decodes the same columns
 * from COPY's binary format.
 */
final class EventRows {

  /** The columns in the order in which both decoders expect them. */
  static final String COLUMNS =
      "position, sequence, time_us, cause, vsmmu, type, hash, subject, payload";

  private EventRows() {}

  static List<StoredEvent> all(ResultSet rows) throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    while (rows.next()) {
      events.add(current(rows));
    }
    return events;
  }

  private static StoredEvent current(ResultSet rows) throws SQLException {
    return new StoredEvent(
        rows.getLong(1),
        rows.getInt(5),
        rows.getLong(2),
        rows.getLong(3),
        rows.getShort(6),
        nullableLong(rows, 4),
        rows.getString(8),
        rows.getBytes(9),
        rows.getBytes(7));
  }

  private static @Nullable Long nullableLong(ResultSet rows, int column) throws SQLException {
    long value = rows.getLong(column);
    return rows.wasNull() ? null : value;
  }
}
