package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.service.LocalService;
import io.vsmmu.cli.service.ServiceSettings;
import io.vsmmu.cli.service.ServiceStarter;
import io.vsmmu.testing.StubService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
class LocalCommandsTest {

  @TempDir private Path folder;
  private final List<ServiceSettings> started = new ArrayList<>();
  private boolean closed;

  @AfterEach
  void forgetLogSettings() {
    System.clearProperty("logging.file.name");
    System.clearProperty("logging.threshold.console");
  }

  @Test
  void serve_starts_where_it_is_told_and_ends_with_its_service() throws IOException {
    Invocation run;
    try (StubService service = new StubService()) {
      run =
          Invocation.with(
              starting(service), "serve", "--port", "0", "--data-dir", folder.toString());
    }

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("vsmmu answers at http://127.0.0.1:");
    assertThat(started).containsExactly(new ServiceSettings(folder, 0, "127.0.0.1", "simulated"));
    assertThat(closed).isTrue();
  }

  @Test
  void a_port_in_use_is_told_before_anything_is_started() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      Invocation run = Invocation.of("serve", "--port", port, "--data-dir", folder.toString());

      assertThat(run.code()).isEqualTo(ExitCode.LOCAL.value());
      assertThat(run.err()).contains(port, "--port");
    }
  }

  @Test
  void an_address_of_no_machine_is_a_wrong_argument() {
    Invocation run = Invocation.of("serve", "--port", "0", "--listen", "no.such.host.invalid");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("--listen", "no.such.host.invalid");
  }

  @Test
  void a_data_directory_that_cannot_be_one_is_told() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    Invocation run =
        Invocation.of("serve", "--port", "0", "--data-dir", file.resolve("below").toString());

    assertThat(run.code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(run.err()).contains("data directory", "file", "--data-dir");
  }

  @Test
  void a_data_directory_serves_one_service_at_a_time() {
    List<Invocation> second = new ArrayList<>();
    ServiceStarter starter =
        settings -> {
          second.add(
              Invocation.of("serve", "--port", "0", "--data-dir", settings.dataDir().toString()));
          throw new IllegalStateException("enough");
        };

    Invocation.with(starter, "serve", "--port", "0", "--data-dir", folder.toString());

    assertThat(second.getFirst().code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(second.getFirst().err()).contains("another vsmmu uses it");
  }

  @Test
  void a_directory_that_holds_what_is_not_a_services_is_refused_and_left_as_it_is()
      throws IOException {
    for (String name : List.of("letter.txt", "tmp/letter.txt", "postgres/letter.txt")) {
      Path directory = Files.createDirectories(folder.resolve(name.replace('/', '-')));
      Path letter = directory.resolve(name);
      Files.createDirectories(letter.getParent());
      Files.writeString(letter, "x");

      Invocation run = Invocation.of("serve", "--port", "0", "--data-dir", directory.toString());

      assertThat(run.code()).as(name).isEqualTo(ExitCode.LOCAL.value());
      assertThat(run.err()).contains(directory.toString(), "not made by vsmmu");
      assertThat(letter).hasContent("x");
      assertThat(directory.resolve("vsmmu.lock")).doesNotExist();
    }
  }

  @Test
  void an_earlier_versions_directory_and_a_home_directory_are_taken() throws IOException {
    Path earlier = folder.resolve("earlier");
    Files.createDirectories(earlier.resolve("postgres"));
    Files.writeString(earlier.resolve("postgres/PG_VERSION"), "18");
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.writeString(home.resolve(".profile"), "");

    for (Path directory : List.of(earlier, home, home)) {
      try (StubService service = new StubService()) {
        Invocation run =
            Invocation.with(
                starting(service), "serve", "--port", "0", "--data-dir", directory.toString());
        assertThat(run.code()).as(directory + run.err()).isZero();
      }
      assertThat(directory.resolve("vsmmu.lock")).exists();
    }
  }

  @Test
  void why_a_service_did_not_start_is_told_without_a_stack_trace() {
    ServiceStarter failing =
        settings -> {
          throw new IllegalStateException(
              "Error creating bean", new IllegalArgumentException("no database at 10.0.0.1"));
        };

    Invocation run =
        Invocation.with(failing, "serve", "--port", "0", "--data-dir", folder.toString());

    assertThat(run.code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(run.err()).contains("no database at 10.0.0.1").doesNotContain("\tat ", "bean");
  }

  @Test
  void demo_prints_one_json_object_and_nothing_else() throws IOException {
    try (StubService service = answering()) {
      Invocation run =
          Invocation.with(
              starting(service), "demo", "--once", "--json", "--data-dir", folder.toString());

      assertThat(run.code()).isZero();
      JsonNode report = JsonMapper.shared().readTree(run.out());
      JsonNode vsmmu = report.at("/vsmmus/0");
      assertThat(vsmmu.path("name").asString()).isEqualTo("demo-e1000e");
      assertThat(vsmmu.path("commands").asLong()).isEqualTo(4);
      assertThat(vsmmu.at("/commandCounts/CMD_SYNC").asLong()).isEqualTo(3);
      assertThat(vsmmu.path("events").asLong()).isEqualTo(21);
      assertThat(vsmmu.path("hostOperations").asLong()).isEqualTo(17);
      assertThat(vsmmu.at("/streams/0/ste").toString()).isEqualTo("[\"0x406e500b\",\"0xd6\"]");
      assertThat(vsmmu.at("/streams/0/history/0/reason").asString()).isEqualTo("COMMAND");
      assertThat(vsmmu.at("/recordedHost/invalidations").asLong()).isEqualTo(312);
      assertThat(vsmmu.at("/ourHost/invalidations").asLong()).isEqualTo(5);
      assertThat(vsmmu.at("/ourHost/invalidationCalls").asLong()).isEqualTo(2);
      assertThat(vsmmu.at("/replays/1/mode").asString()).isEqualTo("commands");
      assertThat(report.path("unattributed").asLong()).isEqualTo(1);
      assertThat(report.at("/findings/0/rule").asString()).isEqualTo("bypass-window");
    }
    assertThat(closed).isTrue();
  }

  @Test
  void demo_sends_the_bundled_recording_and_explains_it_to_people() throws IOException {
    try (StubService service = answering()) {
      Invocation run =
          Invocation.with(starting(service), "demo", "--once", "--data-dir", folder.toString());

      assertThat(service.asked().getFirst().body()).startsWith("iommufd_cdev_getfd");
      assertThat(run.out())
          .contains(
              "4 commands: 3 CMD_SYNC, 1 CMD_CFGI_STE",
              "Life of stream 0x900, device 0000:00:03.0",
              "0x406e500b 0xd6",
              "Config 0x4 -> 0x5",
              "info bypass-window, positions 3 to 9",
              "    bypassed",
              "    shown by the events at 2 3 9",
              "recorded (QEMU)   312");
    }
  }

  @Test
  void demo_stays_with_an_address_to_go_to() throws IOException {
    try (StubService service = answering()) {
      Invocation run =
          Invocation.with(
              starting(service), "demo", "--port", "0", "--data-dir", folder.toString());

      assertThat(run.out())
          .contains("Go to " + service.url() + "/#code=code-of-the-stub/vsmmus/demo-e1000e?at=");
    }
  }

  private static StubService answering() throws IOException {
    return new StubService()
        .on(
            "POST /api/v1/recordings?format=qemu-trace&name=demo-e1000e",
            201,
            """
            {"recording":"r","vsmmus":[{"name":"demo-e1000e","commands":{"CMD_SYNC":3,"CMD_CFGI_STE":1},
            "events":21,"streams":["0x900"]}],"unattributed":1,"warnings":[]}\
            """)
        .on("POST /api/v1/replays", 202, "{\"id\":\"1\"}")
        .on(
            "GET /api/v1/replays/1",
            200,
            "{\"status\":\"DONE\",\"hostOperations\":17,\"divergences\":[]}")
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/state",
            200,
            """
            {"streams":[{"sid":"0x900","configuration":"TRANSLATE","ste":["0x406e500b","0xd6"],
            "device":"0000:00:03.0"}],"recording":{"hostCalls":340,"hostInvalidations":312}}\
            """)
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/streams/0x900/history",
            200,
            """
            {"items":[{"position":9,"reason":"COMMAND","configuration":"TRANSLATE",
            "ste":["0x406e500b","0xd6"],"changed":[{"field":"Config","before":"0x4","after":"0x5"}]}],"next":null}\
            """)
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/findings",
            200,
            """
            {"items":[{"rule":"bypass-window","severity":"info","from":3,"to":9,"evidence":[2,3,9],
            "text":"bypassed"}]}\
            """)
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/invalidations?limit=500",
            200,
            """
            {"items":[
            {"position":4,"forwarded":false,"command":{"name":"CFGI_CD","fields":{"StreamID":"0x900"}}},
            {"position":5,"forwarded":false,"command":{"name":"CFGI_CD","fields":{"StreamID":"0x800"}}},
            {"position":6,"forwarded":true,"command":{"name":"CFGI_CD","fields":{"StreamID":"0x900"}}}],
            "next":null}\
            """)
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/events?limit=500&type=HostOutcomeReported",
            200,
            """
            {"items":[{"data":{"operations":[{"kind":"INVALIDATE","entries":3},{"kind":"ATTACH","entries":0}]}}],
            "next":40}\
            """)
        .on(
            "GET /api/v1/vsmmus/demo-e1000e/events?limit=500&type=HostOutcomeReported&after=40",
            200,
            "{\"items\":[{\"data\":{\"operations\":[{\"kind\":\"INVALIDATE\",\"entries\":2}]}}],\"next\":null}");
  }

  private ServiceStarter starting(StubService service) {
    return settings -> {
      started.add(settings);
      return new LocalService() {
        @Override
        public URI url() {
          return service.url();
        }

        @Override
        public String token() {
          return "vsmmu_of-the-stub";
        }

        @Override
        public String sessionCode() {
          return "code-of-the-stub";
        }

        @Override
        public void awaitEnd() {}

        @Override
        public void close() {
          closed = true;
        }
      };
    };
  }
}
