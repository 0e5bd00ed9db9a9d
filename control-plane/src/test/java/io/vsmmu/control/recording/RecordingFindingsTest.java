package io.vsmmu.control.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.recording.RecordingResult.Imported;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.Finding;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.testing.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rules find in a recording of two vSMMUs, one of which loses its device. */
@Tag("slow")
class RecordingFindingsTest {

  private static final Path TRACE =
      Path.of("..", "recordings", "src", "test", "resources")
          .resolve("accel-two-vsmmu-unplug.trace.log.gz");

  @TempDir static Path dir;
  private static EventDatabase database;
  private static RecordingService recordings;
  private static List<String> lines;

  @BeforeAll
  static void start() throws Exception {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    Tables.migrate(database.pool());
    recordings = new RecordingService(database, dir.resolve("uploads"), 1 << 30, Clock.systemUTC());
    try (InputStream in = new GZIPInputStream(Files.newInputStream(TRACE))) {
      lines = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).lines().toList();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void an_orderly_recording_has_no_false_finding() throws Exception {
    List<ImportedLog> logs = imported("whole", lines);

    assertThat(logs).hasSize(2);
    List<Finding> ofFirst = findings(logs.get(0));
    List<Finding> ofSecond = findings(logs.get(1));
    assertThat(told(ofFirst))
        .as(ofFirst.toString())
        .containsExactly("BYPASS_WHILE_ENABLED 0x1100 ended", "CFGI_WITHOUT_DEVICE 0x1000 ended");
    assertThat(told(ofSecond))
        .as(ofSecond.toString())
        .containsExactly(
            "INVALIDATION_COST null ended",
            "BYPASS_WHILE_ENABLED 0x3100 ended",
            "CFGI_WITHOUT_DEVICE 0x3000 ended",
            "HOST_FAILURE null ended");
    assertThat(ofSecond.getLast().text()).contains("iommufd_backend_free_id", "line 17986");
    Finding bypass = ofSecond.get(1);
    assertThat(bypass.count()).isEqualTo(3);
    assertThat(bypass.text()).contains("a driver that let the device go", "3 times");
    assertThat(bypass.evidence()).hasSize(9);
  }

  private static List<String> told(List<Finding> findings) {
    return findings.stream()
        .map(f -> "%s %s %s".formatted(f.rule(), f.sid(), f.to() == null ? "open" : "ended"))
        .toList();
  }

  @Test
  void registers_set_up_before_a_recording_began_do_not_differ() throws Exception {
    List<ImportedLog> logs = imported("late", lines.subList(4999, 7816));

    for (ImportedLog log : logs) {
      assertThat(findings(log))
          .extracting(Finding::rule)
          .contains(Rule.PARTIAL_RECORDING)
          .isSubsetOf(Rule.PARTIAL_RECORDING, Rule.INVALIDATION_COST);
    }
  }

  @Test
  void a_command_that_the_recorded_smmu_consumed_and_ours_does_not_is_told_with_both_sides()
      throws Exception {
    ImportedLog log = imported("verdict", resource("tlbi-el2-consumed")).getFirst();

    assertThat(findings(log))
        .filteredOn(finding -> finding.rule() == Rule.DIFFERENT_VERDICT)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.text())
                    .contains(
                        "TLBI_EL2_ALL: the recorded SMMU consumed it; this model: CERROR_ILL"));
    assertThat(log.end().commandQueueEnabled()).as("it goes on as the recording does").isTrue();
  }

  @Test
  void a_stream_id_that_the_trace_does_not_tell_is_told_by_health_and_lint() throws Exception {
    ImportedLog log = imported("unknown", resource("unknown-stream-id")).getFirst();

    String lacks = "of 1 command the trace does not tell the StreamID";
    assertThat(log.end().health().status()).isEqualTo(Health.Status.PARTIAL);
    assertThat(log.end().health().reasons()).containsExactly(lacks);
    assertThat(findings(log))
        .filteredOn(finding -> finding.rule() == Rule.PARTIAL_RECORDING)
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).contains(lacks));
  }

  @Test
  void a_queue_that_consumes_is_enabled_and_its_index_is_the_recordings() throws Exception {
    ImportedLog log = imported("running", lines.subList(4999, 7816)).getFirst();

    assertThat(log.end().commandQueueEnabled()).isTrue();
    assertThat(log.end().read(Register.CMDQ_CONS.offset(), 4)).isEqualTo(1672);
    assertThat(log.end().read(Register.CMDQ_PROD.offset(), 4)).isEqualTo(1672);
    assertThat(log.end().health().reasons().getFirst()).contains("starts late", "unknown: CR0");
  }

  private static List<String> resource(String name) throws IOException {
    return Files.readAllLines(TRACE.resolveSibling(name + ".trace.log"));
  }

  private static List<Finding> findings(ImportedLog log) {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    return new Linter(database.log(), travel, new Checkpoints(database.pool()))
        .of(log.vsmmu().id())
        .findings();
  }

  private static List<ImportedLog> imported(String name, List<String> text) throws IOException {
    byte[] bytes =
        text.stream().collect(Collectors.joining("\n", "", "\n")).getBytes(StandardCharsets.UTF_8);
    return ((Imported)
            recordings.importFrom(new ByteArrayInputStream(bytes), Format.QEMU_TRACE, name))
        .vsmmus();
  }
}
