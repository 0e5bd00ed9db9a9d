package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.testing.SmallDisk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One service for all of them; the last test ends it. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@TestMethodOrder(OrderAnnotation.class)
class ServiceProcessTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LAST = Integer.MAX_VALUE;

  /** What others write meanwhile shall not end the server. */
  private static final long ROOM_BYTES = 32L << 20;

  /** A wait for a connection that is not to be had takes 5 seconds. */
  private static final Duration QUICK = Duration.ofSeconds(4);

  @TempDir static Path folder;

  private static Optional<SmallDisk> disk;
  private static Path data;
  private static Instant begin;
  private static boolean root;
  private static ServiceProcess service;

  @BeforeAll
  static void start() throws Exception {
    root = Files.getAttribute(folder, "unix:uid").equals(0);
    disk = SmallDisk.mounted(folder.resolve("disk"), "320m");
    data = folder.resolve("disk/data");
    begin = Instant.now();
    service = ServiceProcess.started(data, folder);
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    if (disk.isPresent()) {
      disk.get().close();
    }
  }

  @Test
  @Order(1)
  void nothing_it_makes_can_be_written_and_nothing_undocumented_be_reached_by_a_stranger()
      throws Exception {
    assertThat(service.create("v0").statusCode()).isEqualTo(201);
    try (Socket upload = halfAnUpload()) {
      Set<Path> files =
          OpenDoors.files(
              service.processes(),
              begin,
              data,
              folder.resolve("cache/vsmmu"),
              folder.resolve("system"));

      assertThat(files)
          .as("the listing sees what there is")
          .contains(
              data.resolve("host.sock"),
              data.resolve("vsmmu/v0.sock"),
              data.resolve("vsmmu.lock"),
              data.resolve("postgres/PG_VERSION"))
          .anyMatch(file -> file.startsWith(data.resolve("uploads")) && Files.isRegularFile(file))
          .anyMatch(file -> file.endsWith("bin/postgres"));
      assertThat(OpenDoors.writableByStrangers(files)).isEmpty();
      assertThat(files)
          .as("the system's temporary directory")
          .noneMatch(
              file -> file.startsWith(folder.resolve("system")) && Files.isRegularFile(file));
      assertThat(upload.isConnected()).isTrue();
    }

    assertThat(folder.resolve("system")).isEmptyDirectory();

    assertThat(OpenDoors.ports(service.processes()))
        .containsExactly("tcp:" + service.url().getPort());
    assertThat(OpenDoors.unixSockets(service.processes()))
        .containsExactly(
            data.resolve("api.sock").toString(),
            data.resolve("host.sock").toString(),
            data.resolve("postgres/.s.PGSQL.5432").toString(),
            data.resolve("vsmmu/v0.sock").toString());
    for (String folder : List.of("", "postgres", "journal", "uploads", "vsmmu", "tmp")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(folder))))
          .as(folder)
          .isEqualTo("rwx------");
    }
  }

  @Test
  @Order(2)
  void root_is_warned_once_and_nobody_else() throws IOException {
    assertThat(service.err().lines().filter(line -> line.contains("runs as root")))
        .hasSize(root ? 1 : 0);
  }

  @Test
  @Order(3)
  void a_full_disk_is_said_as_such_stops_no_reader_and_heals() throws Exception {
    assumeTrue(disk.isPresent(), SmallDisk.NEEDS);
    disk.get().fill(ROOM_BYTES);
    ServiceProcess.await("readiness", () -> status("/actuator/health/readiness") == 503);

    HttpResponse<String> refused = service.create("v1");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(507);
    assertThat(refused.body())
        .contains(
            "/problems/no-space", "no space left on device", data.resolve("postgres").toString());
    assertThat(service.get("/actuator/health/readiness").body())
        .contains("no space left on device");
    assertThat(status("/actuator/health/liveness")).isEqualTo(200);
    assertThat(status("/api/v1/vsmmus/v0")).isEqualTo(200);
    assertThat(status("/api/v1/vsmmus/v0/state")).isEqualTo(200);
    // What only the journal has is read like everything else.
    try (BufferedReader stream = service.stream("/api/v1/vsmmus/v0/events:stream")) {
      assertThat(stream.readLine()).startsWith(":");
      assertThat(service.post("/api/v1/vsmmus/v0:pause", "").statusCode()).isEqualTo(200);
      assertThat(nextEvent(stream)).isEqualTo("VsmmuPaused");
    }
    JsonNode events = JSON.readTree(service.get("/api/v1/vsmmus/v0/events").body()).path("items");
    JsonNode newest = events.get(events.size() - 1);
    assertThat(newest.path("type").asString()).isEqualTo("VsmmuPaused");
    long position = newest.path("position").asLong();
    assertThat(status("/api/v1/vsmmus/v0/state?at=" + position)).isEqualTo(200);
    assertThat(status("/api/v1/vsmmus/v0/events/" + position)).isEqualTo(200);
    assertThat(service.post("/api/v1/vsmmus/v0:resume", "").statusCode()).isEqualTo(200);

    disk.get().empty();
    ServiceProcess.await("readiness", () -> status("/actuator/health/readiness") == 200);
    assertThat(service.create("v2").statusCode()).isEqualTo(201);
  }

  @Test
  @Order(4)
  void while_postgresql_is_started_again_requests_are_answered_at_once_and_then_it_goes_on()
      throws Exception {
    postmaster().destroyForcibly();
    long begin = System.nanoTime();
    int answer = status("/api/v1/vsmmus/v0");

    assertThat(answer).isIn(200, 503);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(QUICK);
    assertThat(status("/actuator/health/liveness")).isEqualTo(200);
    ServiceProcess.await("readiness", () -> status("/actuator/health/readiness") == 200);
    assertThat(service.create("v3").statusCode()).isEqualTo(201);
    assertThat(status("/api/v1/vsmmus/v0/state")).isEqualTo(200);
  }

  @Test
  @Order(5)
  void an_event_stream_continues_after_postgresql_was_started_again() throws Exception {
    try (BufferedReader stream = service.stream("/api/v1/vsmmus/v0/events:stream")) {
      assertThat(stream.readLine()).startsWith(":");
      assertThat(service.post("/api/v1/vsmmus/v0:pause", "").statusCode()).isEqualTo(200);
      assertThat(nextEvent(stream)).isEqualTo("VsmmuPaused");

      ProcessHandle server = postmaster();
      server.destroyForcibly();
      server.onExit().join();
      ServiceProcess.await("readiness", () -> status("/actuator/health/readiness") == 200);
      assertThat(service.post("/api/v1/vsmmus/v0:resume", "").statusCode()).isEqualTo(200);

      assertThat(nextEvent(stream)).isEqualTo("VsmmuResumed");
    }
    assertThat(service.err()).doesNotContain("\tat ");
  }

  private static String nextEvent(BufferedReader stream) throws IOException {
    String line = stream.readLine();
    while (!line.startsWith("event:")) {
      line = stream.readLine();
    }
    return line.substring(6).strip();
  }

  @Test
  @Order(6)
  void a_disk_that_fills_during_an_import_ends_the_import_and_nothing_of_it_stays()
      throws Exception {
    assumeTrue(disk.isPresent(), SmallDisk.NEEDS);
    try (Socket upload = halfAnUpload()) {
      disk.get().fill(ROOM_BYTES);

      assertThat(answerToTheRest(upload)).contains(" 507 ");
      ServiceProcess.await("the upload is gone", () -> !uploadIsThere());
    }

    disk.get().empty();
    ServiceProcess.await("readiness", () -> status("/actuator/health/readiness") == 200);
    assertThat(service.get("/api/v1/vsmmus").body()).doesNotContain("\"recording\":{");
    assertThat(service.create("after-upload").statusCode()).isEqualTo(201);
  }

  /** Sends more than the disk has room for, and gives the first line of the answer. */
  private static String answerToTheRest(Socket upload) throws IOException {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (int sent = 1; sent < 95; sent++) {
                  upload.getOutputStream().write(new byte[1 << 20]);
                }
              } catch (IOException answered) {
                return;
              }
            });
    upload.setSoTimeout(60_000);
    return new BufferedReader(
            new InputStreamReader(upload.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  @Order(LAST)
  void when_postgresql_is_given_up_the_process_ends_and_says_why() throws Exception {
    // What it cannot start with.
    ProcessHandle server = postmaster();
    Files.delete(data.resolve("postgres/global/pg_control"));
    server.destroyForcibly();

    assertThat(service.exitCode()).isEqualTo(ExitCode.LOG_LOST.value());
    assertThat(service.err()).contains("PostgreSQL is given up", "pg_control");
  }

  private static ProcessHandle postmaster() throws IOException {
    String pid = Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst();
    return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
  }

  private static int status(String path) {
    try {
      return service.get(path).statusCode();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** A request whose body does not come to its end. */
  private static Socket halfAnUpload() throws Exception {
    Socket socket = new Socket("127.0.0.1", service.url().getPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        """
        POST /api/v1/recordings?format=vsmmu HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        Authorization: Bearer %s\r
        Content-Length: 100000000\r
        \r
        """
            .formatted(service.url().getPort(), service.token())
            .getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[1 << 20]);
    out.flush();
    ServiceProcess.await("an upload", ServiceProcessTest::uploadIsThere);
    return socket;
  }

  private static boolean uploadIsThere() {
    try (Stream<Path> all = Files.list(data.resolve("uploads"))) {
      return all.findAny().isPresent();
    } catch (IOException notYet) {
      return false;
    }
  }
}
