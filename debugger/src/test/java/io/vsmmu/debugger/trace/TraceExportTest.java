package io.vsmmu.debugger.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class TraceExportTest {

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void a_measured_call_is_a_span_of_its_duration_and_no_arrow_leads_to_what_a_restart_did() {
    LogScript script = LogScript.started(database).attach(0x900, "0000:01:00.0").enable();
    script.commands(LogScript.tlbi(7, 0x8000), LogScript.sync());
    long began = LogScript.ORIGIN_MICROS + 60_000;
    script.act(
        new Stimulus.ReportHostOutcome(
            script.state().stimulus(),
            List.of(
                new HostOperation(Kind.INVALIDATE, 0, 0, -1, 0, 1, 0, 0, -1, 0, 35_217),
                new HostOperation(Kind.INVALIDATE, 0, 0, -1, 1, 1, 0, 0, -1, 36_001, 850)),
            began));
    script.restarted(LogScript.operation(Kind.ATTACH, 1, 0x900, 0, 0));

    String trace = traced(script);

    assertThat(trace)
        .contains("\"ts\":%d.000,\"dur\":35.217".formatted(began))
        .contains("\"ts\":%d.001,\"dur\":0.850".formatted(began + 36))
        .contains("\"name\":\"restart: ATTACH\"");
    assertThat(trace.split("\"ph\":\"f\"", -1)).hasSize(2);
  }

  private static String traced(LogScript script) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new TraceExport(database.log(), new TimeTravel(database.log(), database.snapshots()))
        .write(
            database.registry().byId(script.vsmmu()).orElseThrow(),
            0,
            script.positions().size() - 1,
            out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE event SET payload = '\\xffffff' WHERE vsmmu = %d AND sequence = 60",
        "DELETE FROM event WHERE vsmmu = %d AND sequence = 60"
      })
  void a_trace_of_a_damaged_log_is_whole_and_says_where_it_ends(String damage) throws SQLException {
    LogScript script = LogScript.started(database).buffered();
    script.invalidations(100).flush();
    database.writer().awaitTail();
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(damage.formatted(script.vsmmu()));
    }
    String trace = traced(script);

    assertThat(trace)
        .contains("the log is damaged from here on", "\"sequence\":59,")
        .doesNotContain("\"sequence\":61,")
        .endsWith("}");
  }
}
