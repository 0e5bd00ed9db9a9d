package io.vsmmu.projections.model;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The projection of the tables that queries read. It also stores a snapshot every {@link
 * TimeTravel#SNAPSHOT_INTERVAL} events of a vSMMU. The snapshot is committed before the batch with
 * its event is; that does no harm, because the event is in the log already.
 */
final class ReadModels implements Projection {

  static final String NAME = "read-models";

  /** To be raised whenever the same log would give different rows. */
  static final int VERSION = 2;

  private final Snapshots snapshots;
  private final OpenSegments segments;
  private ProjectionRows batch;

  ReadModels(EventLog log, Snapshots snapshots) {
    this.snapshots = snapshots;
    this.segments = new OpenSegments(log);
    this.batch = new ProjectionRows(segments);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public void add(LogEvent event, VsmmuState before, VsmmuState after) {
    batch.add(event, before, after);
    if (after.events() % TimeTravel.SNAPSHOT_INTERVAL == 0) {
      snapshots.store(
          event.vsmmu(),
          new StoredSnapshot(event.sequence(), SnapshotCodec.TYPE, SnapshotCodec.encode(after)));
      Boundaries.reached(ProjectionBoundary.SNAPSHOT_STORED);
    }
  }

  @Override
  public long size() {
    return batch.size();
  }

  @Override
  public void write(Connection connection) throws SQLException {
    batch.write(connection);
  }

  @Override
  public void forget() {
    segments.clear();
    batch = new ProjectionRows(segments);
  }

  @Override
  public void clear(Connection connection) throws SQLException {
    forget();
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE " + String.join(", ", Tables.NAMES));
    }
  }
}
