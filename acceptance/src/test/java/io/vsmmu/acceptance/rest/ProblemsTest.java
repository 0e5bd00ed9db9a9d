package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.rest.problem.ProblemType;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Bad input of every kind gets its problem detail, and changes nothing. */
class ProblemsTest extends RestTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{                                            | malformed-json | body",
        "{\"name\":\"x\",\"name\":\"y\"}              | malformed-json | body",
        "{\"name\":\"x\"} y                           | malformed-json | body",
        "[]                                           | invalid-field  | body",
        "null                                         | missing-field  | body",
        "{}                                           | missing-field  | name",
        "{\"name\":null}                              | missing-field  | name",
        "{\"name\":5}                                 | invalid-field  | name",
        "{\"name\":{}}                                | invalid-field  | name",
        "{\"name\":\"\"}                              | invalid-field  | name",
        "{\"name\":\"No Spaces\"}                     | invalid-field  | name",
        "{\"name\":\"../x\"}                          | invalid-field  | name",
        "{\"nam\":\"x\"}                              | unknown-field  | nam",
        "{\"name\":\"x\",\"durability\":\"soon\"}     | invalid-field  | durability",
        "{\"name\":\"x\",\"properties\":5}            | invalid-field  | properties",
        "{\"name\":\"x\",\"properties\":{\"o\":1}}    | unknown-field  | properties.o",
        "{\"name\":\"x\",\"properties\":{\"ats\":\"maybe\"}} | invalid-field | properties.ats",
        "{\"name\":\"x\",\"properties\":{\"oas\":33}} | invalid-field  | properties.oas",
        "{\"name\":\"x\",\"properties\":{\"oas\":-1}} | invalid-field  | properties.oas",
        "{\"name\":\"x\",\"properties\":{\"oas\":4.4}} | invalid-field | properties.oas",
        "{\"name\":\"x\",\"properties\":{\"oas\":true}} | invalid-field | properties.oas",
        "{\"name\":\"x\",\"properties\":{\"ssidsize\":21}} | invalid-field | properties.ssidsize",
      })
  void a_malformed_vsmmu_is_refused_by_field(String body, String type, String field) {
    List<JsonNode> before = walk("/vsmmus?deleted=true", 1000);

    JsonNode problem = post("/vsmmus", body).problem(400, type);

    assertThat(problem.path("field").asString()).isEqualTo(field);
    assertThat(problem.path("allowed").asString()).isNotBlank();
    assertThat(problem.path("instance").asString()).isEqualTo("/api/v1/vsmmus");
    assertThat(problem.toString()).doesNotContain("io.vsmmu", "tools.jackson", "java.lang");
    assertThat(walk("/vsmmus?deleted=true", 1000)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "/vsmmus?limit=0,                                limit",
    "/vsmmus?limit=1001,                             limit",
    "/vsmmus?limit=ten,                              limit",
    "/vsmmus?after=-1,                               after",
    "/vsmmus?after=99999999999,                      after",
    "/vsmmus?deleted=maybe,                          deleted",
    "/vsmmus/accelerated/state?at=soon,              at",
    "/vsmmus/accelerated/state?at=-1,                at",
    "/vsmmus/accelerated/state?at=2026-13-01T00:00:00Z, at",
    "/vsmmus/accelerated/state?at=99999999999999999999, at",
    "/vsmmus/accelerated/events?type=Nothing,        type",
    "/vsmmus/accelerated/events?type=,               type",
    "/vsmmus/accelerated/events?sid=0x1ffffffff,     sid",
    "/vsmmus/accelerated/events?sid=-1,              sid",
    "/vsmmus/accelerated/events?asid=65536,          asid",
    "/vsmmus/accelerated/events?va=0x10000000000000000, va",
    "/vsmmus/accelerated/events?from=x,              from",
    "/vsmmus/accelerated/events?to=x,                to",
    "/vsmmus/accelerated/events?after=x,             after",
    "/vsmmus/accelerated/events/first,               position",
    "/vsmmus/accelerated/events/-1,                  position",
    "/vsmmus/accelerated/streams/ninehundred/history, sid",
    "/vsmmus/accelerated/streams/0x/history,         sid",
    "/vsmmus/accelerated/invalidations?va=0&size=0,  size",
    "/vsmmus/accelerated/diff?from=1&to=x,           to",
    "/vsmmus/accelerated/hwpts?at=x,                 at",
    "/vsmmus/accelerated/devices/x,                  sid",
    "/audit?status=1,                                status",
    "/audit?method=GET,                              method",
    "/audit?from=yesterday,                          from",
    "/audit?subject=a%00b,                           subject",
  })
  void an_ill_formed_parameter_is_refused_by_name(String path, String field) {
    accelerated();

    JsonNode problem = get(path).problem(400, "invalid-field");

    assertThat(problem.path("field").asString()).isEqualTo(field);
    assertThat(problem.has("value")).isTrue();
    assertThat(problem.path("allowed").asString()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "/hosts/local/vmms | {\"vm\":\"v\",\"pid\":1,\"devices\":[null]} | devices[0]",
        "/hosts/local/vmms | {\"vm\":\"v\",\"pid\":1,\"devices\":[{\"fd\":1},null]} | devices[1]",
        "/hosts/local:place | {\"devices\":[\"0000:01:00.0\",null]} | devices[1]",
        "/vms | {\"name\":\"v\",\"machine\":{\"bridges\":[null]}} | machine.bridges[0]",
        "/vms | {\"name\":\"v\",\"machine\":{\"vsmmus\":[null]}} | machine.vsmmus[0]",
        "/replays | {\"vsmmu\":\"accelerated\",\"host\":\"local\",\"devices\":{\"a\":null}} |"
            + " devices.a",
        "/vsmmus/accelerated:check-host | {\"devices\":{\"a\":null}} | devices.a",
      })
  void a_null_in_a_list_is_named_by_its_index(String path, String body, String field) {
    accelerated();

    JsonNode problem = post(path, body).problem(400, "invalid-field");

    assertThat(field(problem)).isEqualTo(field);
    assertThat(problem.path("allowed").asString()).isNotBlank();
  }

  @Test
  void every_parameter_that_is_wrong_is_named() {
    accelerated();

    JsonNode problem =
        get("/vsmmus/accelerated/events?sid=x&va=0x1&to=y").problem(400, "invalid-field");

    assertThat(problem.path("reasons").valueStream().map(ProblemsTest::field))
        .containsExactlyInAnyOrder("sid", "to");
  }

  @Test
  void a_parameter_that_is_given_twice_is_refused() {
    accelerated();

    JsonNode problem = get("/vsmmus/accelerated/events?sid=1&sid=2").problem(400, "invalid-field");

    assertThat(field(problem)).isEqualTo("sid");
    assertThat(problem.path("value").asString()).isEqualTo("1,2");
    get("/vsmmus/accelerated/events?type=StreamConfigured&type=CommandsConsumed").expect(200);
  }

  @Test
  void a_header_is_no_filter() {
    accelerated();
    JsonNode all = get("/vsmmus/accelerated/events").json();

    JsonNode withHeader =
        send(request("/vsmmus/accelerated/events").header("From", "someone@example.org").GET())
            .expect(200)
            .json();

    assertThat(withHeader).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sid=",
        "asid=",
        "va=",
        "from=",
        "to=",
        "after=",
        "limit=",
        "type=",
        "type=,",
        "type=Stream%20"
      })
  void an_empty_value_is_no_absent_one(String parameter) {
    accelerated();

    JsonNode problem = get("/vsmmus/accelerated/events?" + parameter).problem(400, "invalid-field");

    assertThat(parameter).startsWith(field(problem) + "=");
  }

  @Test
  void a_missing_parameter_is_named() {
    accelerated();

    assertThat(field(get("/vsmmus/accelerated/diff?from=1").problem(400, "missing-field")))
        .isEqualTo("to");
    assertThat(field(upload("/recordings", new byte[1]).problem(400, "missing-field")))
        .isEqualTo("format");
    assertThat(field(get("/vsmmus/accelerated/invalidations?size=1").problem(400, "missing-field")))
        .isEqualTo("va");
  }

  @Test
  void a_parameter_that_does_not_exist_is_named_with_those_that_do() {
    JsonNode problem = get("/vsmmus?limti=5").problem(400, "unknown-field");

    assertThat(field(problem)).isEqualTo("limti");
    assertThat(problem.path("allowed").asString()).contains("limit", "after");
    get("/hosts/local?x=1").problem(400, "unknown-field");
  }

  @Test
  void a_place_outside_of_the_log_is_told_with_its_ends() {
    accelerated();
    long first = walk("/vsmmus/accelerated/events", 1000).getFirst().path("position").asLong();

    JsonNode beyond = get("/vsmmus/accelerated/state?at=999999999").problem(404, "not-in-log");
    JsonNode before = get("/vsmmus/accelerated/state?at=0").problem(404, "not-in-log");

    assertThat(beyond.path("allowed").asString()).contains("ends at position");
    assertThat(before.path("allowed").asString()).contains("begins at position " + first);
    get("/vsmmus/accelerated/diff?from=0&to=999999999").problem(404, "not-in-log");
    get("/vsmmus/accelerated/events/999999999").problem(404, "not-in-log");
  }

  @Test
  void unknown_paths_methods_and_media_types_are_problems_too() {
    get("/nothing").problem(404, "unknown-path");
    get("/vsmmus/accelerated/nothing").problem(404, "unknown-path");
    post("/vsmmus/accelerated:explode").problem(404, "unknown-path");
    Answer method = send(request("/vsmmus").method("PUT", BodyPublishers.noBody()));
    method.problem(405, "method-not-allowed");
    assertThat(method.header("Allow")).contains("GET", "POST");
    send(request("/vsmmus").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("x")))
        .problem(415, "unsupported-media-type");
    send(request("/hosts/local").header("Accept", "image/png").GET())
        .problem(406, "not-acceptable");
  }

  @Test
  void what_does_not_exist_is_named() {
    assertThat(get("/vsmmus/nobody").problem(404, "not-found").path("value").asString())
        .isEqualTo("nobody");
    delete("/vsmmus/nobody").problem(404, "not-found");
    post("/vsmmus/nobody:reset").problem(404, "not-found");
    get("/replays/1").problem(404, "not-found");
    get("/replays/00000000-0000-0000-0000-000000000000").problem(404, "not-found");
    for (String resource :
        List.of(
            "state",
            "events",
            "events/1",
            "hwpts",
            "objects",
            "invalidations",
            "failures",
            "findings",
            "chain",
            "export",
            "devices",
            "streams/1/history",
            "diff?from=1&to=2")) {
      JsonNode problem = get("/vsmmus/nobody/" + resource).problem(404, "not-found");
      assertThat(field(problem)).isEqualTo("name");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{}                                              | 400 | missing-field | vsmmu",
        "{\"vsmmu\":\"nobody\"}                          | 404 | not-found     | vsmmu",
        "{\"vsmmu\":\"accelerated\",\"mode\":\"both\"}   | 400 | invalid-field | mode",
        "{\"vsmmu\":\"accelerated\",\"until\":\"x\"}     | 400 | invalid-field | until",
        "{\"vsmmu\":\"accelerated\",\"until\":999999999} | 404 | not-in-log    | until",
        "{\"vsmmu\":\"accelerated\",\"host\":\"moon\"}   | 400 | invalid-field | host",
        "{\"vsmmu\":\"accelerated\",\"verify\":\"yes\"}  | 400 | invalid-field | verify",
        "{\"vsmmu\":\"accelerated\",\"faults\":\"sometimes\"} | 400 | invalid-field | faults",
        "{\"vsmmu\":\"accelerated\",\"faults\":\"attach:2:EBUSY\",\"mode\":\"commands\"} | 400 |"
            + " invalid-field | faults",
      })
  void a_malformed_replay_is_refused_by_field(String body, int status, String type, String field) {
    accelerated();

    assertThat(field(post("/replays", body).problem(status, type))).isEqualTo(field);
  }

  @Test
  void a_body_that_is_no_recording_leaves_nothing_behind() {
    accelerated();
    List<JsonNode> before = walk("/vsmmus?deleted=true", 1000);
    byte[] export = get("/vsmmus/accelerated/export").expect(200).bytes();
    byte[] cut = Arrays.copyOf(export, export.length - 5);
    byte[] edited = export.clone();
    edited[export.length / 2] ^= 1;

    for (byte[] damaged : List.of(new byte[0], new byte[100], cut, edited)) {
      JsonNode problem =
          upload("/recordings?format=vsmmu", damaged).problem(422, "recording-refused");
      assertThat(field(problem)).isEqualTo("body");
      assertThat(problem.path("allowed").asString()).isNotBlank();
    }
    for (byte[] noTrace : List.of(new byte[0], "hello\nworld\n".getBytes(StandardCharsets.UTF_8))) {
      upload("/recordings?format=qemu-trace", noTrace).problem(422, "recording-refused");
    }
    upload("/recordings?format=pcap", export).problem(400, "invalid-field");
    upload("/recordings?format=vsmmu&name=A%20B", export).problem(400, "invalid-field");

    assertThat(walk("/vsmmus?deleted=true", 1000)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_json_body_that_is_too_large_is_refused(boolean lengthTold) {
    byte[] body = ("{\"name\":\"" + "x".repeat(70_000) + "\"}").getBytes(StandardCharsets.UTF_8);

    Answer refused =
        send(
            request("/vsmmus")
                .header("Content-Type", "application/json")
                .POST(
                    lengthTold
                        ? BodyPublishers.ofByteArray(body)
                        : BodyPublishers.ofInputStream(
                            () -> new java.io.ByteArrayInputStream(body))));

    assertThat(field(refused.problem(413, "body-too-large"))).isEqualTo("body");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/vsmmus/[x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/v1/vsmmus/a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/v1/vsmmus/%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/v1/vsmmus HTTP/1.1\r\n\r\n",
        "TRACE /api/v1/vsmmus HTTP/1.1\r\nHost: x\r\n\r\n",
      })
  void what_the_web_server_refuses_by_itself_is_a_problem_too(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 4").contains("application/problem+json");
      assertThat(answer).contains("\"type\":\"/problems/");
    }
  }

  @Test
  void every_problem_type_is_documented() throws IOException {
    String page = Files.readString(Path.of("../docs/api/problems.md"));

    for (ProblemType type : ProblemType.values()) {
      assertThat(page).contains("`" + type.uri() + "` | " + type.status() + " |");
    }
  }

  private static String field(JsonNode problem) {
    return problem.path("field").asString();
  }

  @Test
  void a_page_of_another_site_changes_nothing() {
    String name = created("vm");
    JsonNode before = get("/vsmmus/" + name).json();

    JsonNode problem =
        post("/vsmmus/" + name + ":pause", "", "Origin", "http://elsewhere.example")
            .problem(403, "foreign-origin");

    assertThat(problem.path("field").asString()).isEqualTo("Origin");
    assertThat(get("/vsmmus/" + name).json()).isEqualTo(before);
    post("/vsmmus/" + name + ":pause", "", "Origin", "http://127.0.0.1:" + port).expect(200);
  }

  @Test
  void a_name_that_was_made_to_point_here_is_refused() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/vsmmus HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 403")
          .contains("/problems/foreign-origin");
    }
  }
}
