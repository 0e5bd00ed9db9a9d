package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;

/** An import is visible as a whole or not at all; it can be looked at and stopped. */
@Timeout(60)
class ImportsTest extends RestTest {

  private static final Duration LOOK = Duration.ofMillis(20);

  /** As many boots as take longer to import than a test takes to stop it. */
  private static final int BOOTS = 40;

  @Autowired EventDatabase database;

  @Value("${vsmmu.data-dir}")
  private Path data;

  /** A connection that sends a recording and does not wait for the answer. */
  private Socket sending(UUID id, String name, byte[] body, int bytes) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String head =
        """
        POST /api/v1/recordings?format=qemu-trace&id=%s&file=%s.trace HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        Authorization: Bearer %s\r
        Content-Length: %d\r
        \r
        """
            .formatted(id, name, port, TestToken.SECRET, body.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body, 0, bytes);
    socket.getOutputStream().flush();
    return socket;
  }

  private static byte[] manyBoots() {
    byte[] one = sample(ACCELERATED);
    byte[] all = new byte[one.length * BOOTS];
    for (int i = 0; i < BOOTS; i++) {
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    return all;
  }

  private JsonNode awaited(UUID id, String member, String value) {
    JsonNode last;
    do {
      sleep(LOOK);
      Answer answer = get("/recordings/" + id);
      last = answer.status() == 200 ? answer.json() : Answer.JSON.createObjectNode();
    } while (!last.path(member).asString("").equals(value));
    return last;
  }

  private JsonNode audited(String file) {
    return walk("/audit?method=POST", 1000).stream()
        .filter(e -> e.path("detail").asString("").contains(file))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private List<Path> uploads() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("uploads"))) {
      return files.toList();
    }
  }

  private void nothingIsLeft(String name) throws IOException {
    get("/vsmmus/" + name).expect(404);
    assertThat(walk("/vsmmus?deleted=true", 1000))
        .noneMatch(vsmmu -> vsmmu.path("name").asString().equals(name));
    assertThat(database.registry().byName(name)).isEmpty();
    assertThat(database.registry().importing()).isEmpty();
    assertThat(uploads()).isEmpty();
  }

  @Test
  void an_import_whose_client_goes_away_ends_and_leaves_nothing() throws IOException {
    UUID id = UUID.randomUUID();
    String name = freshName("gone");
    byte[] body = manyBoots();

    try (Socket client = sending(id, name, body, body.length)) {
      JsonNode checked = awaited(id, "phase", "STORING");
      assertThat(checked.path("status").asString()).isEqualTo("RUNNING");
      assertThat(checked.path("ofBytes").asLong()).isEqualTo(body.length);
      assertThat(client.isConnected()).isTrue();
    }

    JsonNode ended = awaited(id, "status", "STOPPED");
    assertThat(ended.path("failure").asString()).contains("the client closed its connection");
    assertThat(ended.path("ended").isNull()).isFalse();
    nothingIsLeft(name);
    JsonNode entry = audited(name + ".trace");
    assertThat(entry.path("status").asInt()).isEqualTo(409);
    assertThat(entry.path("detail").asString()).contains("the client closed its connection");
  }

  @Test
  void an_import_that_is_stopped_says_so_to_both_and_leaves_nothing() throws Exception {
    UUID id = UUID.randomUUID();
    String name = freshName("stopped");
    byte[] body = manyBoots();

    try (Socket client = sending(id, name, body, body.length)) {
      awaited(id, "phase", "STORING");
      JsonNode stopped = delete("/recordings/" + id).expect(200).json();

      assertThat(stopped.path("status").asString()).isEqualTo("STOPPED");
      byte[] answer = new byte[4096];
      int length = client.getInputStream().read(answer);
      assertThat(new String(answer, 0, length, StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 409")
          .contains("/problems/import-stopped");
    }
    nothingIsLeft(name);
    assertThat(walk("/audit?method=DELETE", 1000))
        .anySatisfy(e -> assertThat(e.path("detail").asString("")).isEqualTo(name + ".trace"));
    assertThat(delete("/recordings/" + id).expect(409).json().path("value").asString())
        .isEqualTo("STOPPED");
  }

  @Test
  void an_import_that_is_being_received_tells_what_came() throws IOException {
    UUID id = UUID.randomUUID();
    byte[] body = sample(ACCELERATED);

    try (Socket client = sending(id, freshName("half"), body, 100_000)) {
      JsonNode half;
      do {
        half = awaited(id, "phase", "RECEIVING");
      } while (half.path("bytes").asLong() < 100_000);

      assertThat(half.path("status").asString()).isEqualTo("RUNNING");
      assertThat(half.path("ofBytes").asLong()).isEqualTo(body.length);
      assertThat(get("/recordings").expect(200).json().path("items"))
          .anyMatch(item -> item.path("id").asString().equals(id.toString()));
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void an_import_that_is_done_tells_its_vsmmus_and_is_not_stopped_any_more() {
    UUID id = UUID.randomUUID();
    String name = freshName("done");
    upload("/recordings?format=qemu-trace&id=" + id + "&name=" + name, sample(ACCELERATED))
        .expect(201);

    JsonNode done = get("/recordings/" + id).expect(200).json();

    assertThat(done.path("status").asString()).isEqualTo("DONE");
    assertThat(done.path("lines").asLong()).isEqualTo(2959);
    assertThat(done.path("commands").asLong()).isEqualTo(640);
    assertThat(done.path("vsmmus").get(0).asString()).isEqualTo(name);
    assertThat(done.path("events").asLong())
        .isEqualTo(walk("/vsmmus/" + name + "/events", 1000).size());
    assertThat(delete("/recordings/" + id).expect(409).json().path("allowed").asString())
        .contains("DELETE its vSMMUs " + name);
    upload("/recordings?format=qemu-trace&id=" + id, sample(ACCELERATED)).expect(400);
    get("/recordings/" + UUID.randomUUID()).expect(404);
    upload("/recordings?format=qemu-trace&id=1-1-1-1-1", new byte[1]).expect(400);
  }

  @Test
  void nobody_sees_a_vsmmu_before_its_import_is_at_its_end() {
    String name = freshName("arriving");
    int id = database.registry().register(name, UUID.randomUUID(), 0, ImportStatus.IMPORTING).id();

    get("/vsmmus/" + name).expect(404);
    get("/vsmmus/" + name + "/events").expect(404);
    assertThat(walk("/vsmmus?deleted=true", 1000))
        .noneMatch(vsmmu -> vsmmu.path("name").asString().equals(name));
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(409);

    database.registry().discardImports(List.of(id));
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(201);
  }

  @Test
  void a_second_import_of_a_file_gets_a_number_and_an_export_takes_one_name() {
    String file = freshName("twice");
    String path = "/recordings?format=qemu-trace&file=" + file + ".trace.log";
    upload(path, sample(ACCELERATED)).expect(201);

    JsonNode second = upload(path, sample(ACCELERATED)).expect(201).json();
    Answer two = upload("/recordings?format=vsmmu&name=a,b", new byte[100]).expect(400);

    assertThat(second.path("recording").asString()).isEqualTo(file + "-2");
    assertThat(two.json().path("allowed").asString()).contains("an export is of one vSMMU");
  }

  @Test
  void what_could_not_be_attributed_is_told_by_import_health_findings_and_events() {
    String name = freshName("alike");
    String[] lines = new String(sample(EMULATED), StandardCharsets.UTF_8).split("\n");
    StringBuilder twice = new StringBuilder();
    for (String line : lines) {
      twice.append(line).append('\n').append(line).append('\n');
    }

    JsonNode imported =
        upload(
                "/recordings?format=qemu-trace&name=" + name,
                twice.toString().getBytes(StandardCharsets.UTF_8))
            .expect(201)
            .json();

    assertThat(imported.path("unattributed").asLong()).isPositive();
    assertThat(imported.path("complete").asBoolean(true)).isFalse();
    String first = imported.path("recording").asString();
    JsonNode kept = walk("/vsmmus/" + first + "/events?unattributed=true", 1000).getFirst();
    assertThat(kept.path("type").asString()).isEqualTo("LinesKept");
    assertThat(kept.at("/data/unattributed").asBoolean()).isTrue();
    assertThat(get("/vsmmus/" + first).expect(200).json().toString())
        .contains("PARTIAL", "could not be attributed");
    assertThat(get("/vsmmus/" + first + "/findings").expect(200).json().toString())
        .contains("not complete", "could not be attributed");
  }
}
