package io.vsmmu.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.testing.StubService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class RemoteCommandsTest {

  private static final String EVENTS =
      """
      {"items":[{"position":7,"sequence":6,"time":"2026-01-31T12:00:00Z","type":"StreamConfigured",
      "cause":{"position":6},"data":{"sid":"0x900","configuration":"TRANSLATE"}}],"next":7}\
      """;

  @AutoClose private final StubService service = new StubService();

  @Test
  void a_list_is_printed_as_a_table() {
    service.on(
        "GET /api/v1/vsmmus",
        200,
        "{\"items\":[{\"name\":\"guest-1\",\"events\":12},{\"name\":\"g2\",\"events\":3}]}");

    Invocation run = Invocation.at(service, "vsmmus");

    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "name     origin  lifecycle  events  id  socket",
            "guest-1  -       -          12      -   -",
            "g2       -       -          3       -   -");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void json_is_passed_through_unchanged() {
    service.on("GET /api/v1/vsmmus/guest/events", 200, EVENTS);

    Invocation run = Invocation.at(service, "events", "guest", "-o", "json");

    assertThat(run.out().strip()).isEqualTo(EVENTS);
  }

  @Test
  void filters_of_events_reach_the_service_and_the_next_page_is_named() {
    service.on(
        "GET /api/v1/vsmmus/guest/events?after=3&limit=5&sid=0x900&asid=0x1&va=0xffff000000000000"
            + "&from=2026-01-31T12%3A00%3A00Z",
        200, EVENTS);

    Invocation run =
        Invocation.at(
            service,
            ("events guest --after 3 --limit 5 --sid 2304 --asid 0x1 --va 0xffff000000000000"
                    + " --from 2026-01-31T12:00:00Z")
                .split(" "));

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("StreamConfigured", "sid=0x900", "more: --after 7");
  }

  @Test
  void control_characters_of_a_recording_do_not_reach_the_terminal() {
    service.on(
        "GET /api/v1/vsmmus/guest/events",
        200,
        "{\"items\":[{\"type\":\"LinesKept\",\"data\":{\"lines\":[\"a\\u001b[2Jb\"]}}],\"next\":null}");

    assertThat(Invocation.at(service, "events", "guest").out())
        .contains("a?[2Jb")
        .doesNotContain("\u001b");
  }

  @Test
  void lines_that_are_of_no_vsmmu_in_particular_can_be_asked_for() {
    service.on("GET /api/v1/vsmmus/guest/events?unattributed=true", 200, EVENTS);

    Invocation run = Invocation.at(service, "events", "guest", "--unattributed");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("more: --after");
  }

  @Test
  void a_problem_detail_is_told_with_field_value_and_what_is_allowed() {
    service.on(
        "GET /api/v1/vsmmus/guest/state?at=99",
        404,
        """
        {"type":"/problems/not-in-log","title":"The log does not reach there","status":404,
        "detail":"The log of guest ends at 12","instance":"/api/v1/vsmmus/guest/state",
        "field":"at","value":"99","allowed":"0 to 12"}\
        """);

    Invocation run = Invocation.at(service, "state", "guest", "--at", "99");

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .containsExactly(
            "vsmmu: The log does not reach there (404)",
            "  The log of guest ends at 12",
            "  field: --at",
            "  value: 99",
            "  allowed: 0 to 12",
            "  type: /problems/not-in-log");
  }

  @Test
  void every_one_of_several_reasons_is_told() {
    service.on(
        "POST /api/v1/vsmmus",
        400,
        """
        {"type":"/problems/invalid-field","title":"A value is not allowed","status":400,"detail":"2",
        "reasons":[{"field":"oas","value":"9","allowed":"32 to 52"},{"field":"ssidsize","value":"99","allowed":"0 to 20"}]}\
        """);

    Invocation run = Invocation.at(service, "create", "g", "--oas", "48", "--ssidsize", "9");

    assertThat(run.err())
        .contains(
            "field=--oas value=9 allowed=32 to 52", "field=--ssidsize value=99 allowed=0 to 20");
  }

  @Test
  void an_unreachable_service_is_told_with_what_to_do() {
    String url = service.url().toString();
    service.close();

    Invocation run = Invocation.of("vsmmus", "--url", url);

    assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE.value());
    assertThat(run.err()).contains(url, "./vsmmu serve", "--url").doesNotContain("\tat ");
  }

  @Test
  void something_that_is_no_vsmmu_service_is_told() {
    service.on("GET /api/v1/vsmmus", 200, "<html>hello</html>");

    Invocation run = Invocation.at(service, "vsmmus");

    assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE.value());
    assertThat(run.err()).contains("is not a vsmmu service");
  }

  @Test
  void create_sends_only_what_was_given() {
    service.on(
        "POST /api/v1/vsmmus", 201, "{\"id\":\"1\",\"name\":\"g\",\"socket\":\"/d/g.sock\"}");

    Invocation run =
        Invocation.at(
            service, "create", "g", "--ats", "ON", "--oas", "48", "--durability", "bounded-loss");

    assertThat(run.code()).isZero();
    assertThat(service.asked().getFirst().body())
        .isEqualTo(
            "{\"name\":\"g\",\"properties\":{\"ats\":\"on\",\"oas\":48},\"durability\":\"bounded-loss\"}");
    assertThat(service.asked().getFirst().header("Idempotency-key")).isNotEmpty();
    assertThat(run.out()).contains("/d/g.sock");
  }

  @Test
  void delete_names_the_version_that_it_saw() {
    service.on("GET /api/v1/vsmmus/g", 200, "{\"name\":\"g\"}", "ETag", "\"7\"");
    service.on("DELETE /api/v1/vsmmus/g", 204, "");

    Invocation run = Invocation.at(service, "delete", "g");

    assertThat(run.code()).isZero();
    assertThat(service.asked().getLast().header("If-match")).isEqualTo("\"7\"");
  }

  @Test
  void devices_are_attached_and_detached_by_stream_id() {
    service.on("POST /api/v1/vsmmus/g/devices", 201, "{\"sid\":\"0x900\"}");
    service.on("DELETE /api/v1/vsmmus/g/devices/0x900", 204, "");

    int attached =
        Invocation.at(service, "devices", "attach", "g", "0000:01:00.0", "0x900", "--ats", "auto")
            .code();
    int detached = Invocation.at(service, "devices", "detach", "g", "2304").code();

    assertThat(List.of(attached, detached)).containsExactly(0, 0);
    assertThat(service.asked().getFirst().body())
        .isEqualTo("{\"hostDevice\":\"0000:01:00.0\",\"sid\":\"0x900\",\"ats\":\"auto\"}");
  }

  @Test
  void import_finds_the_format_by_the_first_bytes(@TempDir Path folder) throws IOException {
    Path trace = Files.writeString(folder.resolve("a.log"), "smmuv3_write_mmio addr: 0x20\n");
    Path export = Files.writeString(folder.resolve("b.vsmmu"), "VSMMULOG and more");
    String answer =
        """
        {"recording":"r1","vsmmus":[{"name":"x","boots":2,"commands":{"CMD_SYNC":3,"CMD_CFGI_STE":1},
        "events":9,"streams":["0x900"]}],"unattributed":2,"warnings":[{"line":3,"text":"cut"}]}\
        """;
    service.on("POST /api/v1/recordings?format=qemu-trace&name=x&file=a.log&id=ID", 201, answer);
    service.on("POST /api/v1/recordings?format=vsmmu&file=b.vsmmu&id=ID", 201, answer);

    Invocation first = Invocation.at(service, "import", trace.toString(), "--name", "x");
    Invocation second = Invocation.at(service, "import", export.toString());

    assertThat(first.code()).isZero();
    assertThat(first.out())
        .contains("x     2      4         9       0x900", "unknown vSMMU: 2", "cut");
    assertThat(second.code()).isZero();
    assertThat(service.asked().getLast().body()).isEqualTo("VSMMULOG and more");
  }

  @Test
  void export_replaces_the_file_when_it_is_complete(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("log.vsmmu"), "old");
    service.on("GET /api/v1/vsmmus/g/export", 200, "VSMMULOG new");

    Invocation run = Invocation.at(service, "export", "g", file.toString());

    assertThat(run.code()).isZero();
    assertThat(file).hasContent("VSMMULOG new");
    assertThat(folder.toFile().list()).containsExactly("log.vsmmu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"export g", "vms iort g", "vms dsm5 g"})
  void a_written_file_that_is_a_link_stays_one_and_its_target_is_replaced(
      String command, @TempDir Path folder) throws IOException {
    files("new");
    Path target = Files.writeString(folder.resolve("target"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), link);
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("made"));
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));

    assertThat(written(command, second).code()).isZero();
    assertThat(written(command, dangling).code()).isZero();
    assertThat(written(command, loop).code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(written(command, folder).code()).isEqualTo(ExitCode.USAGE.value());

    assertThat(link).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(dangling).isSymbolicLink();
    assertThat(target).hasContent("new");
    assertThat(folder.resolve("made")).hasContent("new");
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("target", "link", "second", "dangling", "loop", "made");
  }

  @ParameterizedTest
  @ValueSource(strings = {"export g", "vms iort g", "vms dsm5 g"})
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void what_is_no_regular_file_is_written_to_and_stays_what_it_is(
      String command, @TempDir Path folder) throws Exception {
    files("new");
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Path read = folder.resolve("read");
    Process reader =
        new ProcessBuilder("cat", fifo.toString()).redirectOutput(read.toFile()).start();

    Invocation run = written(command, fifo);

    assertThat(run.code()).isZero();
    assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(read).hasContent("new");
    assertThat(Files.readAttributes(fifo, BasicFileAttributes.class).isOther()).isTrue();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("fifo", "read");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_replaced_file_keeps_its_permissions(@TempDir Path folder) throws IOException {
    files("new");
    Path file = Files.writeString(folder.resolve("log"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(written("export g", file).code()).isZero();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  private void files(String content) {
    service.on("GET /api/v1/vsmmus/g/export", 200, content);
    service.on("GET /api/v1/vms/g/acpi/iort", 200, content);
    service.on("GET /api/v1/vms/g/acpi/dsm5", 200, content);
  }

  private Invocation written(String command, Path file) {
    return Invocation.at(service, (command + " " + file).split(" "));
  }

  @Test
  void a_refused_export_leaves_the_file_alone(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("log.vsmmu"), "old");
    service.on("GET /api/v1/vsmmus/g/export", 404, "{\"title\":\"Unknown vSMMU\"}");

    Invocation run = Invocation.at(service, "export", "g", file.toString());

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err()).contains("Unknown vSMMU (404)");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("log.vsmmu");
  }

  @Test
  void replay_waits_for_the_end_and_says_no_when_it_diverged() {
    service.on("POST /api/v1/replays", 202, "{}", "Location", "/api/v1/replays/4711");
    service.on("GET /api/v1/replays/4711", 200, "{\"status\":\"RUNNING\"}");
    service.on(
        "GET /api/v1/replays/4711",
        200,
        """
        {"status":"DONE","hostOperations":9,"divergences":[{"position":12,"recorded":"a","produced":"b"}]}\
        """);

    Invocation run =
        Invocation.at(
            service,
            "replay g --mode events --until 40 --verify --host simulated --faults call:3:EIO"
                .split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out()).contains("hostOperations  9", "12        a         b");
    assertThat(service.asked().getFirst().body())
        .isEqualTo(
            "{\"vsmmu\":\"g\",\"mode\":\"events\",\"verify\":true,\"until\":40,\"host\":\"simulated\",\"faults\":\"call:3:EIO\"}");
  }

  @Test
  void a_replay_without_divergences_succeeds() {
    service.on("POST /api/v1/replays", 202, "{\"id\":\"1\"}");
    service.on("GET /api/v1/replays/1", 200, "{\"status\":\"DONE\",\"divergences\":[]}");

    assertThat(Invocation.at(service, "replay", "g", "--verify").code()).isZero();
  }

  @Test
  void a_failed_replay_is_no_success() {
    service.on("POST /api/v1/replays", 202, "{\"id\":\"1\"}");
    service.on("GET /api/v1/replays/1", 200, "{\"status\":\"FAILED\",\"failure\":\"disk\"}");

    Invocation run = Invocation.at(service, "replay", "g");

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err()).contains("disk");
  }

  @Test
  void a_broken_hash_chain_is_a_no() {
    service.on(
        "GET /api/v1/vsmmus/g/chain",
        200,
        "{\"intact\":false,\"events\":9,\"head\":\"ab\",\"brokenAt\":{\"position\":4,\"reason\":\"hash\"}}");
    service.on("GET /api/v1/vsmmus/h/chain", 200, "{\"intact\":true,\"brokenAt\":null}");

    Invocation broken = Invocation.at(service, "verify", "g");

    assertThat(broken.code()).isEqualTo(ExitCode.NO.value());
    assertThat(broken.out()).contains("position        4");
    assertThat(Invocation.at(service, "verify", "h").code()).isZero();
  }

  @Test
  void completion_shows_a_note_in_one_line_without_control_characters() {
    service.on("GET /api/v1/vsmmus/g/state", 200, "{\"position\":9,\"streams\":[]}");
    service.on(
        "GET /api/v1/vsmmus/g/notes?limit=1000",
        200,
        "{\"items\":[{\"position\":7,\"text\":\"\\u001b[31mred\\tand\\nmore\"}]}");

    Invocation run =
        Invocation.of("complete", "--", "4", "step", "g", "--url", service.url().toString(), "");

    assertThat(run.out().lines()).containsExactly("7\t?[31mred and", "9\tthe newest event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "../g", "a\\b", ""})
  void a_name_that_no_path_can_have_is_a_wrong_argument(String name) {
    Invocation run = Invocation.at(service, "state", name);

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("'" + name + "' cannot be the name of a vSMMU");
    assertThat(service.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "VSMMULO", "xSMMULOG and more", "a text"})
  void a_file_that_does_not_begin_as_a_log_is_broken(String content, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("damaged"), content);

    Invocation run = Invocation.at(service, "verify", file.toString());

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out()).contains("intact          false", "broken ");
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void a_file_to_verify_that_does_not_exist_is_said_to_be_missing(@TempDir Path folder) {
    String file = folder.resolve("missing.vsmmulog").toString();

    Invocation run = Invocation.at(service, "verify", file);

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("FILE '%s' does not exist".formatted(file));
  }

  @Test
  void a_directory_is_no_file_to_verify(@TempDir Path folder) {
    Invocation run = Invocation.at(service, "verify", folder.toString());

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("FILE '%s' is not a regular file".formatted(folder));
    assertThat(service.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"export g", "export g --perfetto", "vms iort g", "rom g"})
  void an_answer_that_ends_too_early_leaves_the_file_alone_and_is_not_blamed_on_it(
      String command, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("log.vsmmu"), "old");
    byte[] half = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nVSMMULOG".getBytes(UTF_8);
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> answered =
          CompletableFuture.runAsync(
              () -> {
                try (Socket client = listening.accept()) {
                  client.getInputStream().read(new byte[4096]);
                  client.getOutputStream().write(half);
                } catch (IOException failed) {
                  throw new UncheckedIOException(failed);
                }
              });

      String line =
          "%s %s --url http://127.0.0.1:%d".formatted(command, file, listening.getLocalPort());
      Invocation run = Invocation.of(line.split(" "));

      answered.get(10, TimeUnit.SECONDS);
      assertThat(run.code()).isEqualTo(ExitCode.UNREACHABLE.value());
      assertThat(run.err())
          .contains("The answer of the service ended after 8 bytes, before it was complete")
          .doesNotContain("cannot be written");
    }
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("log.vsmmu");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "--from 5, ?buckets=20, --from 5 is before the first event of g: counted from position 40",
        "--from 41, ?from=41&buckets=20, -",
        "--to 99, ?buckets=20, --to 99 is behind the newest event of g: counted up to position 60",
        "--to @end, ?to=%40end&buckets=20, -",
        "--from 2020-01-01T00:00:00Z, ?by=time&buckets=20, before the first event of g",
        "--to 2120-01-01T00:00:00Z --by position, ?by=position&buckets=20, behind the newest event",
      })
  void a_timeline_counts_what_there_is_and_says_so(
      String options, String query, @Nullable String said) {
    service.on(
        "GET /api/v1/vsmmus/g/events?limit=1",
        200,
        "{\"items\":[{\"position\":40,\"time\":\"2026-01-31T12:00:00Z\"}]}");
    service.on(
        "GET /api/v1/vsmmus/g/events?limit=1&before=9223372036854775807",
        200,
        "{\"items\":[{\"position\":60,\"time\":\"2026-01-31T13:00:00Z\"}]}");
    service.on("GET /api/v1/vsmmus/g/timeline" + query, 200, "{\"buckets\":[]}");

    Invocation run = Invocation.at(service, ("timeline g " + options).split(" "));

    assertThat(run.code()).as(run.err()).isZero();
    if (said == null) {
      assertThat(run.err()).isEmpty();
    } else {
      assertThat(run.err()).contains(said);
    }
  }

  @Test
  void only_findings_of_severity_error_are_a_no() {
    service.on("GET /api/v1/vsmmus/g/findings", 200, "{\"findings\":[{\"severity\":\"warning\"}]}");
    service.on("GET /api/v1/vsmmus/h/findings", 200, "{\"items\":[{\"severity\":\"ERROR\"}]}");

    assertThat(Invocation.at(service, "lint", "g").code()).isZero();
    assertThat(Invocation.at(service, "lint", "h").code()).isEqualTo(ExitCode.NO.value());
  }

  @Test
  void compare_and_what_if_say_by_their_exit_code_whether_there_is_a_difference() {
    service.on(
        "GET /api/v1/vsmmus/a/compare?with=b&from=3&otherTo=9&normalise=true",
        200,
        "{\"verdict\":\"SAME\",\"same\":5,\"different\":0}");
    service.on(
        "GET /api/v1/vsmmus/a/compare?with=c",
        200,
        """
        {"verdict":"DIFFERENT","same":5,"different":0,
        "b":{"vsmmu":"c","broken":"its hash differs","lastPosition":7},
        "first":{"how":"B has an access that A has not","a":null,
        "b":{"position":4,"access":"CMD_SYNC","data":{"CS":0}}},
        "onlyInB":[{"access":"CMD_SYNC","count":2,"positions":[4,9]}]}\
        """);
    service.on(
        "POST /api/v1/vsmmus/a/what-ifs",
        200,
        "{\"change\":\"without position"
            + " 4\",\"gone\":[{\"type\":\"CommandsConsumed\",\"count\":1}]}");

    Invocation same =
        Invocation.at(
            service, "compare", "a", "b", "--from", "3", "--other-to", "9", "--normalise");
    Invocation different = Invocation.at(service, "compare", "a", "c");
    Invocation whatIf =
        Invocation.at(service, "what-if", "a", "--leave-out", "4", "--set", "ril=off");

    assertThat(same.code()).isZero();
    assertThat(same.out()).contains("the logs do not differ: 5 accesses are the same");
    assertThat(different.code()).isEqualTo(ExitCode.NO.value());
    assertThat(different.out())
        .contains("B was compared up to position 7 only: its hash differs")
        .contains("the log ends here", "2 only in B");
    assertThat(whatIf.code()).isEqualTo(ExitCode.NO.value());
    assertThat(whatIf.out()).contains("gone", "CommandsConsumed");
  }

  @Test
  void diff_of_two_vsmmus_names_the_other_one() {
    service.on(
        "GET /api/v1/vsmmus/g/diff?from=3&to=9&with=h&normalise=true",
        200,
        "{\"with\":\"h\",\"sections\":{}}");

    assertThat(Invocation.at(service, "diff", "g", "3", "9", "--with", "h", "--normalise").code())
        .isZero();
  }

  @Test
  void diff_streams_and_why_ask_for_what_they_are_named_after() {
    service.on(
        "GET /api/v1/vsmmus/g/diff?from=3&to=9", 200, "{\"registers\":[{\"name\":\"CR0\"}]}");
    service.on(
        "GET /api/v1/vsmmus/g/streams/0x900/history", 200, "{\"items\":[{\"reason\":\"CFGI\"}]}");
    service.on(
        "GET /api/v1/vsmmus/g/why?position=9",
        200,
        """
        {"position":9,"chain":{"event":{"position":9,"type":"StreamConfigured"},"steps":[
        {"kind":"ACCESS","position":8,"micros":0,"asked":false,"text":"the guest writes"}],
        "omitted":0,"notes":["no times"]}}
        """);

    assertThat(Invocation.at(service, "diff", "g", "3", "9").out()).contains("registers", "CR0");
    assertThat(Invocation.at(service, "streams", "g", "0x900").out()).contains("CFGI");
    assertThat(Invocation.at(service, "why", "g", "9").out())
        .contains("StreamConfigured", "access", "the guest writes", "note: no times");
  }

  @Test
  void names_are_one_segment_of_the_path() {
    service.on("GET /api/v1/vsmmus/a..%23%3Fb%20c/state", 200, "{}");

    assertThat(Invocation.at(service, "state", "a..#?b c").code()).isZero();
  }

  @Test
  void host_shows_what_a_tool_needs_and_what_stands_in_the_way() {
    service.on(
        "GET /api/v1/hosts/local",
        200,
        """
        {"kind":"iommufd","usable":true,"problems":[],
        "smmus":[{"name":"smmu3.0x1","ids":{},"properties":{"ats":true,"ril":false,"oas":44,
        "ssidsize":20,"sidsize":16,"granules":["4K","64K"],"nesting":true}},
        {"name":"smmu3.0x2","ids":null,"properties":null}],
        "devices":[{"address":"0000:01:00.0","group":1,"smmu":"smmu3.0x1","sids":["0x100"],
        "capabilities":{"ats":true,"pasidBits":5},"assignable":false,"vsmmu":"vm1","onlyFor":null,
        "problem":null},{"address":"0000:01:00.1","group":1,"smmu":"smmu3.0x1","sids":["0x101"],
        "capabilities":null,"assignable":true,"vsmmu":null,"onlyFor":"vm1","problem":null},
        {"address":"0000:02:00.0","group":2,"smmu":"smmu3.0x1","sids":["0x200"],
        "capabilities":null,"assignable":false,"vsmmu":null,"onlyFor":null,"problem":{
        "kind":"OTHER_DRIVER","subject":"0000:02:00.0","found":"driver nvme",
        "remedy":"driverctl set-override"}}],"kernel":{"release":"6.14.1","features":["IOMMUFD"],
        "missing":[{"feature":"VEVENTQ","since":"6.15","consequence":"no faults"}]}}
        """);

    Invocation run = Invocation.at(service, "host");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("host    iommufd", "kernel  6.14.1")
        .containsPattern("smmu3.0x1 +true +44 +16 +20 +true +false +4K 64K")
        .containsPattern("smmu3.0x2 +- +-")
        .contains("is vm1's", "only for vm1")
        .contains("0000:02:00.0: driver nvme", "driverctl set-override")
        .contains("VEVENTQ, there from 6.15 on", "no faults");
  }

  @Test
  void events_of_several_are_one_list_in_the_order_of_the_log() {
    service.on(
        "GET /api/v1/vsmmus/a/events?limit=3&from=2",
        200,
        """
        {"items":[{"position":2,"type":"A"},{"position":5,"type":"A"},{"position":9,"type":"A"}],"next":9}\
        """);
    service.on(
        "GET /api/v1/vsmmus/b/events?limit=3&from=2",
        200,
        "{\"items\":[{\"position\":4,\"type\":\"B\"},{\"position\":12,\"type\":\"B\"}],\"next\":null}");

    Invocation table = Invocation.at(service, "events a b --limit 3 --from 2".split(" "));
    Invocation json = Invocation.at(service, "events a b --limit 3 --from 2 -o json".split(" "));

    assertThat(table.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "vsmmu position sequence time type cause data",
            "a 2 - - A - -",
            "b 4 - - B - -",
            "a 5 - - A - -",
            "more: --after 5");
    assertThat(json.out().strip())
        .isEqualTo(
            "{\"items\":[{\"vsmmu\":\"a\",\"position\":2,\"type\":\"A\"},"
                + "{\"vsmmu\":\"b\",\"position\":4,\"type\":\"B\"},"
                + "{\"vsmmu\":\"a\",\"position\":5,\"type\":\"A\"}],\"next\":5}");
  }

  @Test
  void a_list_of_several_ends_where_one_of_its_pages_does() {
    service.on("GET /api/v1/vsmmus/a/failures?limit=9", 200, "{\"items\":[],\"next\":7}");
    service.on(
        "GET /api/v1/vsmmus/b/failures?limit=9",
        200,
        "{\"items\":[{\"position\":6},{\"position\":8}],\"next\":null}");

    String out = Invocation.at(service, "failures a b --limit 9 -o json".split(" ")).out();

    // What a has between 7 and 8 is not known yet.
    assertThat(out.strip()).isEqualTo("{\"items\":[{\"vsmmu\":\"b\",\"position\":6}],\"next\":7}");
  }

  @Test
  void the_severity_at_which_lint_fails_is_chosen() {
    service.on(
        "GET /api/v1/vsmmus/g/findings",
        200,
        "{\"items\":[{\"severity\":\"INFO\"},{\"severity\":\"WARNING\"}],"
            + "\"rules\":{\"FAULT\":{\"remedy\":\"Look at the STE.\"}}}");

    assertThat(lint("g")).isEqualTo(ExitCode.OK);
    assertThat(lint("g --fail-on error")).isEqualTo(ExitCode.OK);
    assertThat(lint("g --fail-on warning")).isEqualTo(ExitCode.NO);
    assertThat(lint("g --fail-on INFO")).isEqualTo(ExitCode.NO);
    assertThat(Invocation.at(service, "lint", "g").out()).contains("FAULT\n  Look at the STE.");
    Invocation unknown = Invocation.at(service, "lint", "g", "--fail-on", "warn");
    assertThat(unknown.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(unknown.err()).contains("info, warning, error");
  }

  @Test
  void lint_asks_for_the_rules_and_the_severity_that_are_given() {
    service.on(
        "GET /api/v1/vsmmus/g/findings?rule=FAULT%2CCOMMAND_REFUSED&severity=warning",
        200, "{\"items\":[]}");

    assertThat(lint("g --rule FAULT,COMMAND_REFUSED --severity warning")).isEqualTo(ExitCode.OK);
  }

  private ExitCode lint(String arguments) {
    int code = Invocation.at(service, ("lint " + arguments).split(" ")).code();
    return Arrays.stream(ExitCode.values())
        .filter(it -> it.value() == code)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void findings_that_are_not_listed_are_counted_over_all_vsmmus() {
    service.on("GET /api/v1/vsmmus/a/findings", 200, "{\"items\":[],\"beyond\":{\"FAULT\":2}}");
    service.on("GET /api/v1/vsmmus/b/findings", 200, "{\"items\":[],\"beyond\":{\"FAULT\":3}}");

    assertThat(Invocation.at(service, "lint", "a", "b").out())
        .contains("5 more of FAULT are not listed");
  }

  @Test
  void all_vsmmus_are_asked_and_one_error_among_their_findings_is_a_no() {
    service.on(
        "GET /api/v1/vsmmus?limit=500", 200, "{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
    service.on("GET /api/v1/vsmmus/a/findings", 200, "{\"items\":[]}");
    service.on(
        "GET /api/v1/vsmmus/b/findings",
        200,
        "{\"items\":[{\"rule\":\"R\",\"severity\":\"ERROR\",\"from\":3,\"to\":3,\"text\":\"t\"}]}");

    Invocation run = Invocation.at(service, "lint", "--all");

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out()).contains("b", "ERROR R, position 3", "  t");
    assertThat(Invocation.at(service, "lint").code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(Invocation.at(service, "lint", "a", "--all").err()).contains("--all", "NAME");
  }

  @Test
  void pause_resume_and_reset_are_told_to_the_vsmmu() {
    service.on("POST /api/v1/vsmmus/g:pause", 200, "{\"lifecycle\":\"PAUSED\"}");
    service.on("POST /api/v1/vsmmus/g:resume", 200, "{\"lifecycle\":\"RUNNING\"}");
    service.on("POST /api/v1/vsmmus/g:reset", 200, "{\"lifecycle\":\"RUNNING\"}");

    assertThat(Invocation.at(service, "pause", "g").out())
        .isEqualTo("paused g, which is PAUSED now\n");
    assertThat(Invocation.at(service, "resume", "g").out()).contains("resumed g");
    assertThat(Invocation.at(service, "reset", "g", "-o", "json").out())
        .isEqualTo("{\"lifecycle\":\"RUNNING\"}\n");
    assertThat(service.asked().getFirst().header("Idempotency-key")).isNotEmpty();
  }

  @Test
  void a_change_is_written_one_way_in_every_list() {
    String change = "{\"field\":\"V\",\"before\":0,\"after\":1}";
    service.on(
        "GET /api/v1/vsmmus/g/streams/0x1/history",
        200,
        "{\"items\":[{\"reason\":\"CFGI\",\"changed\":[%s,%s]}]}".formatted(change, change));
    service.on(
        "GET /api/v1/vsmmus/g/diff?from=1&to=2",
        200,
        """
        {"sections":{"streams":[{"item":"0x1","field":"V","before":0,"after":1}],
        "registers":[{"item":null,"field":"V","before":0,"after":1}],
        "hwpts":[{"item":"4","field":"","before":null,"after":{"handle":4}}]}}\
        """);
    service.on(
        "GET /api/v1/vsmmus/g/events/2", 200, "{\"data\":{\"changed\":[%s]}}".formatted(change));

    assertThat(Invocation.at(service, "streams", "g", "0x1").out()).contains("V 0 -> 1, V 0 -> 1");
    assertThat(Invocation.at(service, "diff", "g", "1", "2").out())
        .contains("0x1   V 0 -> 1", "\n    V 0 -> 1", "4     - -> handle=4");
    assertThat(Invocation.at(service, "event", "g", "2").out()).contains("V 0 -> 1");
  }

  @Test
  void an_answer_of_somebody_else_is_told_with_how_to_name_another_service() {
    service.on("GET /api/v1/vsmmus/a/events", 200, "[1]");
    service.on("GET /api/v1/vsmmus/b/events", 200, "{\"hello\":1}");
    service.on("GET /api/v1/vsmmus/c/events", 404, "<html>no such page</html>");
    service.on("GET /api/v1/vsmmus/d/events", 502, "");

    for (String name : List.of("a", "b", "c", "d")) {
      Invocation run = Invocation.at(service, "events", name);

      assertThat(run.code()).as(name).isEqualTo(ExitCode.UNREACHABLE.value());
      assertThat(run.err()).contains("is not a vsmmu service", "--url", "VSMMU_URL");
    }
  }

  @Test
  void a_busy_service_tells_when_to_ask_again() {
    service.on(
        "GET /api/v1/vsmmus",
        503,
        "{\"title\":\"Too busy\",\"detail\":\"all in use\",\"type\":\"/problems/too-busy\"}",
        "Retry-After",
        "5");

    Invocation run = Invocation.at(service, "vsmmus");

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err()).contains("Too busy (503)", "try again after 5 s");
  }

  @Test
  void what_is_allowed_is_told_once() {
    service.on(
        "GET /api/v1/vsmmus/g/events?type=LinesKept",
        400,
        """
        {"type":"/problems/invalid-field","title":"A value is not allowed","status":400,
        "detail":"type: 'LinesKept'; allowed: one of [A, B]","field":"type","value":"LinesKept",
        "allowed":"one of [A, B]"}\
        """);

    assertThat(Invocation.at(service, "events", "g", "--type", "LinesKept").err().lines())
        .containsExactly(
            "vsmmu: A value is not allowed (400)",
            "  --type: 'LinesKept'; allowed: one of [A, B]",
            "  type: /problems/invalid-field");
  }
}
