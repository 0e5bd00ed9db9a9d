package io.vsmmu.db.log;

import io.vsmmu.db.log.Vsmmu.Arrival;
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
import org.jspecify.annotations.Nullable;

/** The vSMMUs that have a log. A vSMMU is registered before its first event is appended. */
public final class VsmmuRegistry {

  private static final String COLUMNS =
      "SELECT id, aggregate_id, name, origin_us, created_at, arrival, deleted_at FROM vsmmu ";

  private final Sql sql;

  public VsmmuRegistry(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /**
   * Registers a vSMMU.
   *
   * @param originMicros zero point of its event times, microseconds since 1970-01-01T00:00Z
   * @throws AlreadyRegisteredException if a living vSMMU has the name, or any vSMMU the aggregate
   *     id
   */
  public Vsmmu register(String name, UUID aggregateId, long originMicros) {
    return register(name, aggregateId, originMicros, Arrival.CREATED);
  }

  /**
   * Registers a vSMMU.
   *
   * @param arrival how its log comes here
   * @throws AlreadyRegisteredException as above
   */
  public Vsmmu register(String name, UUID aggregateId, long originMicros, Arrival arrival) {
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
            (short) arrival.ordinal())
        .orElseThrow(() -> new AlreadyRegisteredException(name, aggregateId));
  }

  /** The living vSMMU of that name. */
  public Optional<Vsmmu> byName(String name) {
    return sql.query(COLUMNS + "WHERE name = ? AND deleted_at IS NULL", VsmmuRegistry::first, name);
  }

  /** The vSMMU of that aggregate, deleted or not. */
  public Optional<Vsmmu> byAggregateId(UUID aggregateId) {
    return sql.query(COLUMNS + "WHERE aggregate_id = ?", VsmmuRegistry::first, aggregateId);
  }

  /** The vSMMU of that number, deleted or not. */
  public Optional<Vsmmu> byId(int id) {
    return sql.query(COLUMNS + "WHERE id = ?", VsmmuRegistry::first, id);
  }

  /**
   * A page of vSMMUs in the order of their numbers, without what is being imported or was not
   * imported to its end.
   *
   * @param afterId number of the last one of the page before, 0 for the first page
   * @param withDeleted whether deleted ones are listed too
   */
  public List<Vsmmu> list(int afterId, int limit, boolean withDeleted) {
    return sql.query(
        COLUMNS + "WHERE id > ? AND arrival <> ? AND (? OR deleted_at IS NULL) ORDER BY id LIMIT ?",
        VsmmuRegistry::all,
        afterId,
        (short) Arrival.ARRIVING.ordinal(),
        withDeleted,
        limit);
  }

  /** Marks a vSMMU deleted, which frees its name; its events stay. False if it was not living. */
  public boolean markDeleted(int id) {
    return sql.update("UPDATE vsmmu SET deleted_at = now() WHERE id = ? AND deleted_at IS NULL", id)
        == 1;
  }

  /** The vSMMUs of imports that are not at their end. */
  public List<Vsmmu> arriving() {
    return sql.query(
        COLUMNS + "WHERE arrival = ? AND deleted_at IS NULL ORDER BY id",
        VsmmuRegistry::all,
        (short) Arrival.ARRIVING.ordinal());
  }

  /** An import is at its end: all of its vSMMUs are there at once. */
  public void arrived(Collection<Integer> ids) {
    sql.update(
        "UPDATE vsmmu SET arrival = ? WHERE id = ANY (?)",
        (short) Arrival.IMPORTED.ordinal(),
        numbers(ids));
  }

  /**
   * An import does not come to its end: the names of its vSMMUs are free. Nothing happens to those
   * that have arrived.
   */
  public void discard(Collection<Integer> ids) {
    sql.update(
        "UPDATE vsmmu SET deleted_at = now() WHERE id = ANY (?) AND arrival = ? AND deleted_at IS"
            + " NULL",
        numbers(ids),
        (short) Arrival.ARRIVING.ordinal());
  }

  private static Long[] numbers(Collection<Integer> ids) {
    return ids.stream().map(Integer::longValue).toArray(Long[]::new);
  }

  private static Optional<Vsmmu> first(ResultSet rows) throws SQLException {
    return all(rows).stream().findFirst();
  }

  private static List<Vsmmu> all(ResultSet rows) throws SQLException {
    List<Vsmmu> found = new ArrayList<>();
    while (rows.next()) {
      found.add(
          new Vsmmu(
              rows.getInt(1),
              rows.getObject(2, UUID.class),
              rows.getString(3),
              rows.getLong(4),
              rows.getObject(5, OffsetDateTime.class).toInstant(),
              Arrival.values()[rows.getShort(6)],
              instant(rows.getObject(7, OffsetDateTime.class))));
    }
    return found;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
