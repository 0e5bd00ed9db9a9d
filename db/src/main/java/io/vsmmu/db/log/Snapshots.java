package io.vsmmu.db.log;

import java.util.Optional;
import javax.sql.DataSource;

/**
 * Stores snapshots of vSMMU states, several per vSMMU. They only save time: each can be computed
 * again from the events. Every method throws {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException} if the database fails.
 * Thread-safe.
 */
public final class Snapshots {

  /**
   * A stored state.
   *
   * @param sequence of the last event that is part of the state
   * @param type number of the payload type, 1 to 32767
   * @param payload encoded state; shared, must not be changed
   */
  public record StoredSnapshot(long sequence, int type, byte[] payload) {}

  private final Sql sql;

  public Snapshots(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /** Stores a snapshot; one of the same sequence is replaced. */
  public void store(int vsmmuId, StoredSnapshot snapshot) {
    sql.update(
        "INSERT INTO snapshot (vsmmu, sequence, type, payload) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (vsmmu, sequence)"
            + " DO UPDATE SET type = EXCLUDED.type, payload = EXCLUDED.payload",
        vsmmuId,
        snapshot.sequence(),
        (short) snapshot.type(),
        snapshot.payload());
  }

  /** The newest snapshot whose sequence is at most the given one, empty if there is none. */
  public Optional<StoredSnapshot> latestAtOrBefore(int vsmmuId, long sequence) {
    return sql.query(
        "SELECT sequence, type, payload FROM snapshot WHERE vsmmu = ? AND sequence <= ?"
            + " ORDER BY sequence DESC LIMIT 1",
        rows ->
            rows.next()
                ? Optional.of(
                    new StoredSnapshot(rows.getLong(1), rows.getShort(2), rows.getBytes(3)))
                : Optional.empty(),
        vsmmuId,
        sequence);
  }
}
