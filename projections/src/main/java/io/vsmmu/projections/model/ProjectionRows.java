package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a run of events adds to the tables of the read models, until they are written in
 * one transaction.
 */
final class ProjectionRows {

  private final CopyBuffer history =
      new CopyBuffer(
          "stream_history", "vsmmu, sid, position, sequence, time_us, cause, type, payload");
  private final CopyBuffer sieve = new CopyBuffer("sieve", "vsmmu, scope, cell, segment, blocks");
  private final CopyBuffer effects = new CopyBuffer("far_effect", "vsmmu, cause, sequence");
  private final CopyBuffer failures =
      new CopyBuffer("failure", "vsmmu, position, ordinal, kind, code, sid, health, detail");
  private final OpenSegments segments;
  private final ObjectLifetimes objects = new ObjectLifetimes();
  private final SummaryRows summaries = new SummaryRows();
  private final FailureRows failureRows = new FailureRows(failures);

  /**
   * Begins without rows.
   *
   * @param segments the index segments that are not full yet, which outlive this object
   */
  ProjectionRows(OpenSegments segments) {
    this.segments = segments;
  }

  /** Adds the rows that follow from an event and the states before and after it. */
  void add(LogEvent event, VsmmuState before, VsmmuState after) {
    history(event);
    segments.add(event, sieve);
    EffectIndex.write(effects, event);
    failureRows.observe(event, after);
    objects.observe(event, before, after);
    summaries.observe(event, after);
  }

  /** Number of characters of the rows that are written with COPY. */
  long size() {
    return (long) history.size() + sieve.size() + effects.size() + failures.size();
  }

  void write(Connection connection) throws SQLException {
    history.write(connection);
    sieve.write(connection);
    effects.write(connection);
    failures.write(connection);
    objects.write(connection);
    summaries.write(connection);
  }

  private void history(LogEvent event) {
    @Nullable Integer sid =
        switch (event.event()) {
          case StreamConfigured it -> it.streamId();
          case DeviceAttached it -> it.streamId();
          case DeviceDetached it -> it.streamId();
          default -> null;
        };
    if (sid != null) {
      history.row(
          event.vsmmu(),
          sid,
          event.position(),
          event.sequence(),
          event.stored().timeMicros(),
          event.cause(),
          event.typeNumber(),
          event.stored().payload());
    }
  }
}
