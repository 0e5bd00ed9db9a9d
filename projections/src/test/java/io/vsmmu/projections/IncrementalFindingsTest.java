package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingReport;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.lint.WholeLogFindings;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.travel.TimeTravel;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings that continue from checkpoints equal those of a pass over the whole log. */
@Tag("slow")
class IncrementalFindingsTest {

  private EventDatabase database;

  @BeforeEach
  void open() {
    database = ProjectionsDatabase.open();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void a_log_that_is_split_by_restarts_anywhere_has_the_findings_of_the_whole(long seed) {
    Random random = new Random(seed);
    RandomLog live = RandomLog.live(database, random);
    RandomLog recording = RandomLog.recording(database, random);
    for (int part = 0; part < 6; part++) {
      live.grow(random.nextInt(700));
      recording.grow(random.nextInt(700));
      // Each projector is new and has nothing in memory.
      projector().catchUp();
      for (RandomLog log : new RandomLog[] {live, recording}) {
        assertThat(kept(log.vsmmu())).as("seed %d", seed).isEqualTo(whole(log.vsmmu()));
      }
    }
    FindingReport report = whole(live.vsmmu());
    assertThat(report.findings()).isNotEmpty();
    assertThat(report.events()).isGreaterThan(TimeTravel.SNAPSHOT_INTERVAL);
  }

  @Test
  void findings_read_only_what_came_after_the_last_checkpoint() throws Exception {
    LogScript script = LogScript.started(database);
    script.invalidations(3 * TimeTravel.SNAPSHOT_INTERVAL / 2);
    projector().catchUp();
    FindingReport expected = whole(script.vsmmu());
    // Events before the checkpoint are not needed: without them the answer stays the same.
    long passed = script.positions().get(TimeTravel.SNAPSHOT_INTERVAL - 1);
    execute("DELETE FROM event WHERE position < " + passed);

    assertThat(kept(script.vsmmu())).isEqualTo(expected);
  }

  @Test
  void findings_of_another_version_of_the_rules_are_found_again() throws Exception {
    LogScript script = LogScript.started(database).refusedCommand().acknowledge();
    script.invalidations(TimeTravel.SNAPSHOT_INTERVAL);
    projector().catchUp();
    FindingReport expected = whole(script.vsmmu());
    execute("UPDATE rule_run SET payload = '{}'");
    execute("UPDATE projection SET version = 0 WHERE name = 'findings'");

    Projector restarted = projector();
    assertThat(restarted.position(FindingsProjection.NAME)).isZero();
    assertThat(restarted.position()).isEqualTo(database.log().headPosition());
    restarted.catchUp();

    assertThat(restarted.position(FindingsProjection.NAME))
        .isEqualTo(database.log().headPosition());
    assertThat(kept(script.vsmmu())).isEqualTo(expected);
  }

  @Test
  void a_checkpoint_that_cannot_be_read_is_as_good_as_none() throws Exception {
    LogScript script = LogScript.started(database).refusedCommand().acknowledge();
    script.invalidations(TimeTravel.SNAPSHOT_INTERVAL);
    projector().catchUp();
    execute("UPDATE rule_run SET payload = '[1'");

    assertThat(kept(script.vsmmu())).isEqualTo(whole(script.vsmmu()));
    script.refusedCommand().acknowledge().invalidations(TimeTravel.SNAPSHOT_INTERVAL);
    projector().catchUp();
    assertThat(kept(script.vsmmu())).isEqualTo(whole(script.vsmmu()));
  }

  private FindingReport whole(int vsmmu) {
    return WholeLogFindings.of(database.log(), vsmmu);
  }

  private FindingReport kept(int vsmmu) {
    return new Linter(database.log(), travel(), new Checkpoints(database.pool())).of(vsmmu);
  }

  private TimeTravel travel() {
    return new TimeTravel(database.log(), database.snapshots());
  }

  private Projector projector() {
    TimeTravel travel = travel();
    return new Projector(
        database.pool(),
        database.log(),
        database.snapshots(),
        travel,
        new FindingsProjection(database.log(), travel, new Checkpoints(database.pool())));
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
