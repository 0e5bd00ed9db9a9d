package io.vsmmu.db.log;

import java.util.Optional;
import javax.sql.DataSource;

/** Snapshots of vSMMU states: several per vSMMU, all of them disposable. */
public final class Snapshots {

  /**
   * A stored state.
   *
   * @param sequence last event the state contains
   * @param type number of the payload type, 1 to 32767
   * @param payload encoded state; must not be changed
   */
  public record Snapshot(long sequence, int type, byte[] payload) {}

  private final Sql sql;

  public Snapshots(DataSource dataSource) {
    this.sql = new Sql(dataSource);
  }

  /** Stores a snapshot; one of the same sequence is replaced. */
  public void store(int vsmmuId, Snapshot snapshot) {
    sql.update(
        "INSERT INTO snapshot (vsmmu, sequence, type, payload) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (vsmmu, sequence)"
            + " DO UPDATE SET type = EXCLUDED.type, payload = EXCLUDED.payload",
        vsmmuId,
        snapshot.sequence(),
        (short) snapshot.type(),
        snapshot.payload());
  }

  /** The newest snapshot that contains no event after the given one. */
  public Optional<Snapshot> latestAtOrBefore(int vsmmuId, long sequence) {
    return sql.query(
        "SELECT sequence, type, payload FROM snapshot WHERE vsmmu = ? AND sequence <= ?"
            + " ORDER BY sequence DESC LIMIT 1",
        rows ->
            rows.next()
                ? Optional.of(new Snapshot(rows.getLong(1), rows.getShort(2), rows.getBytes(3)))
                : Optional.empty(),
        vsmmuId,
        sequence);
  }

  /**
   * Deletes all but every n-th snapshot of a vSMMU, counted from the oldest, and the newest.
   *
   * @return how many were deleted
   */
  public int prune(int vsmmuId, int keepEvery) {
    if (keepEvery < 1) {
      throw new IllegalArgumentException("keepEvery " + keepEvery + " is not positive");
    }
    return sql.update(
        "DELETE FROM snapshot s USING (SELECT sequence, row_number() OVER (ORDER BY sequence) AS n,"
            + " max(sequence) OVER () AS newest FROM snapshot WHERE vsmmu = ?) AS o"
            + " WHERE s.vsmmu = ? AND s.sequence = o.sequence"
            + " AND (o.n - 1) % ? <> 0 AND s.sequence <> o.newest",
        vsmmuId, vsmmuId, keepEvery);
  }

  /** Deletes every snapshot of a vSMMU; they can be rebuilt from the events. */
  public int deleteAll(int vsmmuId) {
    return sql.update("DELETE FROM snapshot WHERE vsmmu = ?", vsmmuId);
  }
}
