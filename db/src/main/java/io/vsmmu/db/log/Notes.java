package io.vsmmu.db.log;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Notes on moments of logs. They are no events: they change no state, are in no hash chain, and can
 * be deleted. Every method throws {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException} if the database fails.
 * Thread-safe.
 */
public final class Notes {

  /** The greatest number of notes of a vSMMU. */
  public static final int MOST = 10_000;

  /** The greatest {@link #length} of a text, which the table note checks, too. */
  public static final int TEXT_CHARS = 4_000;

  private static final String COLUMNS = "id, sequence, position, written, author, bookmark, text";

  private final Sql sql;

  public Notes(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * The length of a text in characters as people and PostgreSQL count them, which are Unicode code
   * points: one for an emoji, which is two {@code char}.
   */
  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Adds a note.
   *
   * @param note its id is not used
   * @return the note with its id; empty if the vSMMU has its bookmark already, or {@link #MOST}
   *     notes
   */
  public Optional<Note> add(int vsmmu, Note note) {
    return sql.query(
        "INSERT INTO note (vsmmu, sequence, position, written, author, bookmark, text)"
            + " SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM note WHERE vsmmu = ?) < ?"
            + " ON CONFLICT DO NOTHING RETURNING "
            + COLUMNS,
        Notes::first,
        vsmmu,
        note.sequence(),
        note.position(),
        note.written().atOffset(ZoneOffset.UTC),
        note.author(),
        note.bookmark(),
        note.text(),
        vsmmu,
        MOST);
  }

  /**
   * A page of notes in the order of their ids.
   *
   * @param after id of the last note of the page before, 0 for the first page
   */
  public List<Note> page(int vsmmu, long after, int limit) {
    return sql.query(
        "SELECT " + COLUMNS + " FROM note WHERE vsmmu = ? AND id > ? ORDER BY id LIMIT ?",
        Notes::all,
        vsmmu,
        after,
        limit);
  }

  /** The note that names a moment of the vSMMU. */
  public Optional<Note> bookmark(int vsmmu, String bookmark) {
    return sql.query(
        "SELECT " + COLUMNS + " FROM note WHERE vsmmu = ? AND bookmark = ? AND bookmark <> ''",
        Notes::first,
        vsmmu,
        bookmark);
  }

  /** The names of all bookmarks of the vSMMU, at most {@link #MOST}, the oldest first. */
  public List<String> bookmarks(int vsmmu) {
    return sql.query(
        "SELECT bookmark FROM note WHERE vsmmu = ? AND bookmark <> '' ORDER BY id LIMIT ?",
        Notes::names,
        vsmmu,
        MOST);
  }

  /**
   * Deletes a note.
   *
   * @return false if the vSMMU has no such note
   */
  public boolean delete(int vsmmu, long id) {
    return sql.update("DELETE FROM note WHERE vsmmu = ? AND id = ?", vsmmu, id) == 1;
  }

  private static Optional<Note> first(ResultSet rows) throws SQLException {
    return all(rows).stream().findFirst();
  }

  private static List<String> names(ResultSet rows) throws SQLException {
    List<String> names = new ArrayList<>();
    while (rows.next()) {
      names.add(rows.getString(1));
    }
    return names;
  }

  private static List<Note> all(ResultSet rows) throws SQLException {
    List<Note> found = new ArrayList<>();
    while (rows.next()) {
      Instant written = rows.getObject(4, OffsetDateTime.class).toInstant();
      found.add(
          new Note(
              rows.getLong(1),
              rows.getLong(2),
              rows.getLong(3),
              written,
              rows.getString(5),
              rows.getString(6),
              rows.getString(7)));
    }
    return found;
  }
}
