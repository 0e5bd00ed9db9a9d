package io.vsmmu.projections.lint;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.model.Projection;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Applies the rules to new events, and stores a checkpoint every {@link
 * TimeTravel#SNAPSHOT_INTERVAL} events of a vSMMU. {@link Linter} continues from there, and so does
 * this projection after a restart.
 */
public final class FindingsProjection implements Projection {

  public static final String NAME = "findings";

  /**
   * Number of vSMMUs whose rules stay in memory between events; those of another one are restored
   * from its checkpoint.
   */
  public static final int KEPT_RUNS = 1024;

  private final Linter findings;
  private final Map<Integer, byte[]> checkpoints = new LinkedHashMap<>();
  private final LinkedHashMap<Integer, RuleRun> runs =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, RuleRun> eldest) {
          return size() > KEPT_RUNS;
        }
      };
  private long size;

  public FindingsProjection(EventLog log, TimeTravel travel, Checkpoints checkpoints) {
    this.findings = new Linter(log, travel, checkpoints);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return Linter.VERSION;
  }

  @Override
  public void add(LogEvent event, VsmmuState before, VsmmuState after) {
    RuleRun run = runs.get(event.vsmmu());
    if (run == null || run.events() != event.sequence()) {
      run = findings.before(event.vsmmu(), event.sequence());
      runs.put(event.vsmmu(), run);
    }
    run.observe(event, before, after);
    if (after.events() % TimeTravel.SNAPSHOT_INTERVAL == 0) {
      byte[] checkpoint = run.encode();
      checkpoints.put(event.vsmmu(), checkpoint);
      size += checkpoint.length;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Connection connection) throws SQLException {
    Checkpoints.write(connection, checkpoints);
    forgetRows();
  }

  @Override
  public void clear(Connection connection) throws SQLException {
    Checkpoints.clear(connection);
    forget();
  }

  @Override
  public void forget() {
    forgetRows();
    runs.clear();
  }

  private void forgetRows() {
    checkpoints.clear();
    size = 0;
  }
}
