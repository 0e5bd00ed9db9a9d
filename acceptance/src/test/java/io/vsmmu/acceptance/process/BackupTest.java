package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What docs/backup.md says, done with PostgreSQL's own programs: {@code lab/backup} sets the folder
 * with pg_dump, pg_restore and psql of version 18.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@EnabledIfEnvironmentVariable(named = BackupTest.CLIENT, matches = ".+")
class BackupTest {

  static final String CLIENT = "VSMMU_POSTGRES_CLIENT";

  private static final String EVENTS =
      "SELECT position || ' ' || encode(hash, 'hex') FROM event ORDER BY position";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> NAMES =
      List.of(AcknowledgedWork.COMMITTED, AcknowledgedWork.JOURNALED, AcknowledgedWork.OPERATED);

  @TempDir Path folder;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void a_dump_taken_while_guests_run_is_the_log_up_to_its_moment() throws Exception {
    Path dump = folder.resolve("vsmmu.dump");
    Path running = folder.resolve("running");
    List<String> whole;
    List<String> shippedBefore;
    try (ServiceProcess service = started(running)) {
      // given
      AcknowledgedWork.create(service);
      AcknowledgedWork work = AcknowledgedWork.begun(service, running, "before");
      ServiceProcess.await("a segment is sealed", () -> sealing(service, "segments") > 0);
      shippedBefore = query(running, EVENTS);

      // when
      client(running, "pg_dump", "--format=custom", "--file=" + dump, "postgres");

      work.awaitMore();
      work.close();
      ServiceProcess.await("more is shipped", () -> events(running) > shippedBefore.size());
      whole = query(running, EVENTS);
    }
    Path restored = folder.resolve("restored");
    try (ServiceProcess service = started(restored)) {
      client(restored, "psql", "--quiet", "--command=DROP SCHEMA public CASCADE", "postgres");
      client(restored, "psql", "--quiet", "--command=CREATE SCHEMA public", "postgres");
      client(
          restored,
          "pg_restore",
          "--exit-on-error",
          "--single-transaction",
          "--dbname=postgres",
          dump.toString());
      List<String> events = query(restored, EVENTS);
      service.kill();

      // then
      assertThat(events.size()).isBetween(shippedBefore.size(), whole.size());
      assertThat(events).isEqualTo(whole.subList(0, events.size()));
    }
    assertThatThrownBy(() -> started(restored)).hasMessageContaining("--accept-journal-loss");
    Files.copy(
        running.resolve("sealing/key"),
        restored.resolve("sealing/key"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(restored.resolve("sealing/checkpoints"));
    try (ServiceProcess service = started(restored, "--accept-journal-loss")) {
      verify(service);
      ServiceProcess.await(
          "the restored log is sealed", () -> sealing(service, "position") >= shippedBefore.size());
      assertThat(json(service, "/api/v1/history").path("verdict").asString()).isEqualTo("INTACT");
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void a_copy_of_the_data_directory_of_a_service_that_ended_in_good_order_has_everything()
      throws Exception {
    Path original = folder.resolve("original");
    AcknowledgedWork work;
    try (ServiceProcess service = started(original)) {
      // given
      AcknowledgedWork.create(service);
      work = AcknowledgedWork.begun(service, original, "copied");
      work.awaitMore();
      work.close();
    }

    // when
    Path copy = folder.resolve("copy");
    run(List.of("cp", "--archive", original.toString(), copy.toString()), null);

    // then
    try (ServiceProcess service = started(copy)) {
      verify(service);
      JsonNode state = json(service, "/api/v1/vsmmus/" + AcknowledgedWork.COMMITTED + "/state");
      assertThat(state.path("commands").path("CMD_SYNC").asLong()).isPositive();
      for (String name : work.created()) {
        assertThat(service.get("/api/v1/vsmmus/" + name).statusCode()).as(name).isEqualTo(200);
      }
    }
  }

  private ServiceProcess started(Path data, String... arguments) throws IOException {
    ServiceProcess service = ServiceProcess.begun(data, folder, List.of(), List.of(), arguments);
    try {
      service.awaitUrl();
      return service;
    } catch (IOException ended) {
      service.close();
      throw ended;
    }
  }

  /** Every chain is intact, and every log is replayed without a difference. */
  private static void verify(ServiceProcess service) throws Exception {
    for (String name : NAMES) {
      JsonNode chain = json(service, "/api/v1/vsmmus/" + name + "/chain");
      assertThat(chain.path("intact").asBoolean(false)).as("%s", chain).isTrue();
      String body = "{\"vsmmu\":\"%s\",\"mode\":\"commands\",\"verify\":true}".formatted(name);
      JsonNode begun = JSON.readTree(service.post("/api/v1/replays", body).body());
      String path = "/api/v1/replays/" + begun.path("id").asString();
      ServiceProcess.await("a replay", () -> !status(service, path).equals("RUNNING"));
      JsonNode replay = json(service, path);
      assertThat(replay.path("status").asString()).as("%s", replay).isEqualTo("DONE");
      assertThat(replay.path("diverged").asLong(-1)).as("%s", replay).isZero();
    }
  }

  private static String status(ServiceProcess service, String path) {
    try {
      return json(service, path).path("status").asString();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** A number of health's component {@code sealing}. */
  private static long sealing(ServiceProcess service, String detail) {
    try {
      JsonNode health = JSON.readTree(service.get("/actuator/health").body());
      return health.path("components").path("sealing").path("details").path(detail).asLong(-1);
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static JsonNode json(ServiceProcess service, String path) throws Exception {
    var answer = service.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static int events(Path data) {
    try {
      return query(data, EVENTS).size();
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static List<String> query(Path data, String sql)
      throws IOException, InterruptedException {
    return client(data, "psql", "--no-align", "--tuples-only", "--command=" + sql, "postgres");
  }

  /** Runs one of PostgreSQL's programs, as docs/service.md says; gives the lines that it prints. */
  private static List<String> client(Path data, String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getenv(CLIENT), program).toString());
    command.add("--host=" + data.resolve("postgres").toRealPath());
    command.add("--username=postgres");
    command.addAll(List.of(arguments));
    return run(command, Files.readString(data.resolve("postgres.password")).strip());
  }

  private static List<String> run(List<String> command, @Nullable String password)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (password != null) {
      builder.environment().put("PGPASSWORD", password);
    }
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as("%s: %s", command, lines).isZero();
    return lines;
  }
}
