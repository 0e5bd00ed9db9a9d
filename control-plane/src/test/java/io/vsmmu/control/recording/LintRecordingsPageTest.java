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
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.testing.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/lint-recordings.md has exactly the findings of each bundled recording, and for each the
 * lines or events that show it.
 */
@Tag("slow")
class LintRecordingsPageTest {

  private static final Path PAGE = Path.of("..", "docs", "lint-recordings.md");
  private static final Path SAMPLES = Path.of("src", "main", "resources", "samples");
  private static final Path TRACES = Path.of("..", "recordings", "src", "test", "resources");

  /** A heading with a file, and behind it the number of a vSMMU if the file has several. */
  private static final Pattern HEADING = Pattern.compile("^### `([^`]+)`(?:, vSMMU (\\d+))?$");

  private static final Pattern ROW = Pattern.compile("^\\| `([A-Z_0-9]+)` \\|.*\\|$");

  private static final String QEMU_TRACES = ".*\\.trace\\.log(\\.gz)?";
  private static final String LOGS = QEMU_TRACES + "|.*\\.vsmmulog";

  private static final Set<String> COPIES =
      Set.of("accel-e1000e.trace.log", "emulated-boot.trace.log");

  @TempDir static Path dir;
  private static EventDatabase database;
  private static RecordingService recordings;

  @BeforeAll
  static void start() throws Exception {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    Tables.migrate(database.pool());
    recordings = new RecordingService(database, dir.resolve("uploads"), 1 << 30, Clock.systemUTC());
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void the_page_lists_the_findings_of_every_bundled_recording() throws IOException {
    Map<String, List<String>> expected = new LinkedHashMap<>();
    for (Path file : bundled()) {
      List<ImportedLog> logs = imported(file);
      for (int i = 0; i < logs.size(); i++) {
        String name = file.getFileName().toString();
        String heading = logs.size() == 1 ? name : name + "#" + (i + 1);
        expected.put(heading, rows(logs.get(i)));
      }
    }

    assertThat(listed()).as("%s", expected).isEqualTo(expected);
  }

  @Test
  void the_page_names_every_recording_and_log_of_the_folders() throws IOException {
    String page = Files.readString(PAGE);
    for (Path folder : List.of(SAMPLES, TRACES)) {
      try (Stream<Path> entries = Files.list(folder)) {
        assertThat(
                entries.map(file -> file.getFileName().toString()).filter(it -> it.matches(LOGS)))
            .isNotEmpty()
            .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
      }
    }
  }

  @Test
  void every_finding_has_its_evidence() throws IOException {
    for (String line : Files.readAllLines(PAGE)) {
      if (ROW.matcher(line).matches()) {
        String[] cells = line.split("\\|");
        assertThat(cells).as(line).hasSize(8);
        assertThat(cells[7]).as(line).isNotBlank();
      }
    }
  }

  /** The recordings of the tree, each once, without logs that are there for their format. */
  private static List<Path> bundled() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : List.of(SAMPLES, TRACES)) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries
            .filter(file -> file.toString().matches(folder.equals(SAMPLES) ? LOGS : QEMU_TRACES))
            .filter(file -> !COPIES.contains(file.getFileName().toString()))
            .sorted()
            .forEach(files::add);
      }
    }
    return files;
  }

  private static List<ImportedLog> imported(Path file) throws IOException {
    Format format = file.toString().endsWith(".vsmmulog") ? Format.VSMMU : Format.QEMU_TRACE;
    byte[] bytes = Files.readAllBytes(file);
    RecordingResult result =
        recordings.importFrom(
            new ByteArrayInputStream(bytes), format, file.getFileName().toString().split("\\.")[0]);
    assertThat(result).as(file.toString()).isInstanceOf(Imported.class);
    return ((Imported) result).vsmmus();
  }

  /** The findings as the first cells of their rows; positions count from 1 in the vSMMU's log. */
  private static List<String> rows(ImportedLog log) {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    int vsmmu = log.vsmmu().id();
    List<Long> positions = new ArrayList<>();
    database.log().read(vsmmu, 0, Long.MAX_VALUE, stored -> positions.add(stored.position()));
    return new Linter(database.log(), travel, new Checkpoints(database.pool()))
        .of(vsmmu).findings().stream().map(finding -> row(finding, positions)).toList();
  }

  private static String row(Finding finding, List<Long> positions) {
    Long to = finding.to();
    return "| `%s` | %s | %s | %s | %s | %d |"
        .formatted(
            finding.rule(),
            finding.severity().name().toLowerCase(Locale.ROOT),
            finding.sid() == null ? "-" : finding.sid(),
            finding.cause() == null ? "-" : finding.cause(),
            event(finding.from(), positions)
                + " to "
                + (to == null ? "the end" : event(to, positions)),
            finding.count());
  }

  private static String event(long position, List<Long> positions) {
    return Integer.toString(positions.indexOf(position) + 1);
  }

  private static Map<String, List<String>> listed() throws IOException {
    Map<String, List<String>> listed = new LinkedHashMap<>();
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        rows = new ArrayList<>();
        String vsmmu = heading.group(2);
        listed.put(heading.group(1) + (vsmmu == null ? "" : "#" + vsmmu), rows);
      } else if (ROW.matcher(line).matches()) {
        rows.add(line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1));
      }
    }
    return listed;
  }
}
