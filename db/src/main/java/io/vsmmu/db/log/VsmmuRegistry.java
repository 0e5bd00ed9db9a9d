package io.vsmmu.db.log;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The registry of the vSMMUs that have a log. A vSMMU is registered before its first event is
 * appended, and its row stays when it is deleted, because its events do. Every method throws {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException} if the database fails.
 * Thread-safe.
 */
public final class VsmmuRegistry {

  private static final String COLUMNS =
      "SELECT id, aggregate_id, name, origin_us, created_at, arrival, deleted_at FROM vsmmu ";

  /** SQLSTATE unique_violation (PostgreSQL documentation, Error Codes). */
  private static final String UNIQUE_VIOLATION = "23505";

  private final Sql sql;
  private final Availability availability;

  /**
   * @param availability while it reports that the database has no space, nothing is registered
   */
  public VsmmuRegistry(DataSource dataSource, Availability availability) {
    this.sql = new Sql(dataSource);
    this.availability = availability;
  }

  /**
   * Registers a vSMMU that is created by this service.
   *
   * @param originMicros zero point of its event times, microseconds since 1970-01-01T00:00Z
   * @throws NoSpaceException if the database has no space
   * @throws AlreadyRegisteredException if a vSMMU that is not deleted has the name, or any vSMMU
   *     has the aggregate id
   */
  public RegisteredVsmmu register(String name, UUID aggregateId, long originMicros) {
    return register(name, aggregateId, originMicros, ImportStatus.CREATED_HERE);
  }

  /** As {@link #register(String, UUID, long)}, with the status that the vSMMU begins with. */
  public RegisteredVsmmu register(
      String name, UUID aggregateId, long originMicros, ImportStatus importStatus) {
    NoSpaceException.throwIfFull(availability);
    String insert =
        "INSERT INTO vsmmu (name, aggregate_id, origin_us, arrival) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT DO NOTHING"
            + " RETURNING id, aggregate_id, name, origin_us, created_at, arrival, deleted_at";
    return sql.query(
            insert,
            VsmmuRegistry::first,
            name,
            aggregateId,
            originMicros,
            (short) importStatus.ordinal())
        .orElseThrow(() -> new AlreadyRegisteredException(name, aggregateId));
  }

  /** The vSMMU of that name that is not deleted. */
  public Optional<RegisteredVsmmu> byName(String name) {
    return sql.query(COLUMNS + "WHERE name = ? AND deleted_at IS NULL", VsmmuRegistry::first, name);
  }

  /** The vSMMU of that aggregate, deleted or not. */
  public Optional<RegisteredVsmmu> byAggregateId(UUID aggregateId) {
    return sql.query(COLUMNS + "WHERE aggregate_id = ?", VsmmuRegistry::first, aggregateId);
  }

  /** The vSMMU of that number, deleted or not. */
  public Optional<RegisteredVsmmu> byId(int id) {
    return sql.query(COLUMNS + "WHERE id = ?", VsmmuRegistry::first, id);
  }

  /**
   * A page of vSMMUs in the order of their numbers, without those whose import is not complete.
   *
   * @param afterId number of the last vSMMU of the previous page, 0 for the first page
   * @param withDeleted whether deleted vSMMUs are listed too
   */
  public List<RegisteredVsmmu> list(int afterId, int limit, boolean withDeleted) {
    return list(afterId, limit, withDeleted, "");
  }

  /**
   * As {@link #list(int, int, boolean)}, of those alone whose names contain a text.
   *
   * @param part the text, in lower case as names are; empty for all
   */
  public List<RegisteredVsmmu> list(int afterId, int limit, boolean withDeleted, String part) {
    return sql.query(
        COLUMNS
            + "WHERE id > ? AND arrival <> ? AND (? OR deleted_at IS NULL) AND strpos(name, ?) > 0"
            + " ORDER BY id LIMIT ?",
        VsmmuRegistry::all,
        afterId,
        (short) ImportStatus.IMPORTING.ordinal(),
        withDeleted,
        part,
        limit);
  }

  /**
   * Marks a vSMMU deleted, which frees its name; its events stay.
   *
   * @return false if there is no such vSMMU or it was deleted already
   */
  public boolean markDeleted(int id) {
    return sql.update("UPDATE vsmmu SET deleted_at = now() WHERE id = ? AND deleted_at IS NULL", id)
        == 1;
  }

  /** The vSMMUs of imports that are under way or were interrupted, without deleted ones. */
  public List<RegisteredVsmmu> importing() {
    return sql.query(
        COLUMNS + "WHERE arrival = ? AND deleted_at IS NULL ORDER BY id",
        VsmmuRegistry::all,
        (short) ImportStatus.IMPORTING.ordinal());
  }

  /**
   * Renames a vSMMU whose import is under way.
   *
   * @throws AlreadyRegisteredException if a vSMMU that is not deleted has the name
   */
  public RegisteredVsmmu rename(RegisteredVsmmu importing, String name) {
    String update =
        "UPDATE vsmmu SET name = ? WHERE id = ? AND arrival = ?"
            + " RETURNING id, aggregate_id, name, origin_us, created_at, arrival, deleted_at";
    try {
      return sql.query(
              update,
              VsmmuRegistry::first,
              name,
              importing.id(),
              (short) ImportStatus.IMPORTING.ordinal())
          .orElseThrow(
              () -> new IllegalStateException("vSMMU " + importing.id() + " is not imported now"));
    } catch (EventStoreException failed) {
      if (failed.getCause() instanceof SQLException cause
          && UNIQUE_VIOLATION.equals(cause.getSQLState())) {
        throw new AlreadyRegisteredException(name, importing.aggregateId());
      }
      throw failed;
    }
  }

  /** Completes an import: its vSMMUs become visible together, in one statement. */
  public void markImported(Collection<Integer> ids) {
    sql.update(
        "UPDATE vsmmu SET arrival = ? WHERE id = ANY (?)",
        (short) ImportStatus.IMPORTED.ordinal(),
        Sql.numbers(ids));
  }

  /**
   * Abandons an import: marks its vSMMUs deleted, which frees their names. Those of a completed
   * import are left as they are.
   */
  public void discardImports(Collection<Integer> ids) {
    sql.update(
        "UPDATE vsmmu SET deleted_at = now() WHERE id = ANY (?) AND arrival = ? AND deleted_at IS"
            + " NULL",
        Sql.numbers(ids),
        (short) ImportStatus.IMPORTING.ordinal());
  }

  private static Optional<RegisteredVsmmu> first(ResultSet rows) throws SQLException {
    return all(rows).stream().findFirst();
  }

  private static List<RegisteredVsmmu> all(ResultSet rows) throws SQLException {
    List<RegisteredVsmmu> found = new ArrayList<>();
    while (rows.next()) {
      found.add(
          new RegisteredVsmmu(
              rows.getInt(1),
              rows.getObject(2, UUID.class),
              rows.getString(3),
              rows.getLong(4),
              rows.getObject(5, OffsetDateTime.class).toInstant(),
              ImportStatus.values()[rows.getShort(6)],
              instant(rows.getObject(7, OffsetDateTime.class))));
    }
    return found;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
