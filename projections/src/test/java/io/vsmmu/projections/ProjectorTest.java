package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.model.IndexSegment;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.ReadModelException;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.model.VsmmuSummary;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.Register;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ProjectorTest {

  /** Number of events with which the index has rows. */
  private static final int SLICES = IndexSegment.EVENTS / 2;

  private EventDatabase database;

  @BeforeEach
  void open() {
    database = ProjectionsDatabase.open();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void a_rebuild_gives_the_same_tables_byte_for_byte() throws Exception {
    history(SLICES);
    Projector projector = projector();
    projector.catchUp();
    Map<String, List<String>> first = tables();
    history(20);

    projector.catchUp();
    Map<String, List<String>> grown = tables();
    rebuild();
    Map<String, List<String>> rebuilt = tables();
    rebuild();

    assertThat(first.values()).allSatisfy(rows -> assertThat(rows).isNotEmpty());
    assertThat(grown).isNotEqualTo(first);
    assertThat(rebuilt).isEqualTo(grown);
    assertThat(tables()).isEqualTo(grown);
    assertThat(projector.position()).isEqualTo(database.log().headPosition());
  }

  @Test
  void a_batch_that_dies_leaves_nothing_and_is_done_again() throws Exception {
    history(SLICES);
    Projector dying = projector();
    refuseFailures(true);
    assertThatThrownBy(dying::catchUp).isInstanceOf(ReadModelException.class);
    assertThat(dying.position()).isZero();
    assertThat(tables().values()).allSatisfy(rows -> assertThat(rows).isEmpty());

    refuseFailures(false);
    dying.catchUp();
    Map<String, List<String>> after = tables();
    rebuild();

    assertThat(after.values()).allSatisfy(rows -> assertThat(rows).isNotEmpty());
    assertThat(tables()).isEqualTo(after);
  }

  @Test
  void a_projector_continues_where_another_one_stopped() throws Exception {
    history(30);
    projector().catchUp();
    Projector idle = projector();
    history(30);
    Projector second = projector();
    assertThat(second.position()).isPositive();
    second.catchUp();
    Map<String, List<String>> after = tables();
    history(10);

    idle.catchUp();

    assertThat(tables()).isNotEqualTo(after);
    Map<String, List<String>> grown = tables();
    rebuild();
    assertThat(tables()).isEqualTo(grown);
  }

  @Test
  void a_summary_is_that_of_the_newest_event_or_absent() {
    LogScript script = LogScript.started(database);
    SummaryQueries summaries = new SummaryQueries(database.pool(), database.log());
    projector().catchUp();
    assertThat(summaries.of(List.of(script.vsmmu())))
        .containsValue(VsmmuSummary.of(script.state(), script.lastPosition(), 0));

    script.enable();
    assertThat(summaries.of(List.of(script.vsmmu()))).isEmpty();

    projector().catchUp();
    assertThat(summaries.of(List.of(script.vsmmu())).get(script.vsmmu()).events())
        .isEqualTo(script.positions().size());
  }

  @Test
  void a_large_log_takes_several_batches() {
    LogScript.started(database).attach(0x900, "0000:01:00.0").enable().invalidations(2300);
    Projector projector = projector();

    assertThat(projector.projectBatch()).isEqualTo(Projector.BATCH_EVENTS);
    assertThat(projector.projectBatch()).isBetween(1, Projector.BATCH_EVENTS);
    assertThat(projector.projectBatch()).isZero();
    assertThat(projector.position()).isEqualTo(database.log().headPosition());
  }

  @Test
  void a_log_with_an_event_that_cannot_be_decoded_does_not_keep_the_others_from_the_tables()
      throws Exception {
    // given
    LogScript damaged = LogScript.started(database).enable();
    LogScript other = LogScript.started(database).attach(0x900, "0000:01:00.0");
    damaged.write(Register.GBPA, 0x8000_0000L);
    database.writer().awaitTail();
    execute(
        "UPDATE event SET payload = '\\xffffff' WHERE vsmmu = %d AND sequence = 2"
            .formatted(damaged.vsmmu()));

    // when
    Projector projector = projector();
    projector.catchUp();

    // then
    assertThat(projector.position()).isEqualTo(database.log().headPosition());
    assertThat(
            new SummaryQueries(database.pool(), database.log())
                .of(List.of(other.vsmmu()))
                .get(other.vsmmu())
                .events())
        .isEqualTo(other.positions().size());
  }

  @Test
  void who_waits_for_a_position_sees_what_was_written() throws Exception {
    try (Projector projector = projector()) {
      assertThat(projector.awaitPosition(1, Duration.ofMillis(20))).isFalse();
      projector.start();
      long position = history(5).lastPosition();

      assertThat(projector.awaitPosition(position, Duration.ofSeconds(20))).isTrue();
      assertThat(tables().get("stream_history")).isNotEmpty();
      assertThat(projector.failure()).isEmpty();
    }
  }

  /** A log that leads to rows of every kind. */
  private LogScript history(int slices) {
    LogScript script = LogScript.started(database);
    script.attach(0x900, "0000:01:00.0").enable().configure(0x900, LogScript.TRANSLATE_STE);
    long decision = script.state().stimulus();
    script.hostDone().buffered().invalidations(slices);
    // A late outcome is an effect that follows its cause at a distance.
    script.lateOutcome(decision);
    script.configure(0x900, LogScript.BYPASS_STE).hostDone();
    return script.refusedCommand().flush();
  }

  /** Makes a projector clear all tables and write them again, as after an update of the service. */
  private void rebuild() throws Exception {
    execute("UPDATE projection SET version = -1");
    Projector updated = projector();
    updated.catchUp();
    assertThat(updated.position()).isEqualTo(database.log().headPosition());
  }

  private Projector projector() {
    return new Projector(
        database.pool(),
        database.log(),
        database.snapshots(),
        new TimeTravel(database.log(), database.snapshots()));
  }

  private void refuseFailures(boolean refuse) throws Exception {
    execute(
        refuse
            ? "ALTER TABLE failure ADD CONSTRAINT refuse CHECK (position < 0)"
            : "ALTER TABLE failure DROP CONSTRAINT refuse");
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Map<String, List<String>> tables() {
    Tables tables = new Tables(database.pool());
    Map<String, List<String>> contents = new LinkedHashMap<>();
    for (String name : Tables.NAMES) {
      contents.put(
          name,
          tables.query("SELECT t::text FROM " + name + " t ORDER BY 1", row -> row.getString(1)));
    }
    return contents;
  }
}
