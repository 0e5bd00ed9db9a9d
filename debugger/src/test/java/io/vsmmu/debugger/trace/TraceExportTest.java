package io.vsmmu.debugger.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    new TraceExport(database.log(), new TimeTravel(database.log(), database.snapshots()))
        .write(
            database.registry().byId(script.vsmmu()).orElseThrow(),
            0,
            script.positions().size() - 1,
            out);

    String trace = out.toString(StandardCharsets.UTF_8);
    assertThat(trace)
        .contains("the log is damaged from here on", "\"sequence\":59,")
        .doesNotContain("\"sequence\":61,")
        .endsWith("}");
  }
}
