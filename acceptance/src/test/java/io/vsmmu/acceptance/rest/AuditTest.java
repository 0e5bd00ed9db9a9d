package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditTest extends RestTest {

  @Test
  void every_change_is_listed_with_subject_method_path_status_and_vsmmu() {
    String name = freshName("audited");
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(201);
    get("/vsmmus/" + name).expect(200);
    post("/vsmmus/" + name + ":pause").expect(200);
    post("/vsmmus/" + name + "/devices", "{\"hostDevice\":\"none\",\"sid\":\"0x900\"}").expect(404);
    delete("/vsmmus/" + name).expect(204);

    List<JsonNode> entries = walk("/audit?vsmmu=" + name, 2);

    assertThat(entries)
        .extracting(e -> e.path("method").asString() + " " + e.path("status").asInt())
        .containsExactly("POST 201", "POST 200", "POST 404", "DELETE 204");
    assertThat(entries)
        .allSatisfy(e -> assertThat(e.path("subject").asString()).isEqualTo("local"));
    assertThat(entries.get(2).path("path").asString())
        .isEqualTo("/api/v1/vsmmus/" + name + "/devices");
    assertThat(entries.get(2).path("detail").asString()).contains("none as 0x900", "hostDevice");
    assertThat(walk("/audit?status=404&vsmmu=" + name, 10)).containsExactly(entries.get(2));
    assertThat(walk("/audit?method=DELETE&vsmmu=" + name, 10)).containsExactly(entries.get(3));
    String time = entries.get(1).path("time").asString();
    assertThat(walk("/audit?vsmmu=%s&from=%s&to=%s".formatted(name, time, time), 10))
        .containsExactly(entries.get(1));
    assertThat(walk("/audit?subject=nobody", 10)).isEmpty();
  }

  @Test
  void a_refused_change_is_listed_with_the_reason_even_where_there_is_no_resource() {
    String path = "/nothing/" + freshName("x");
    send(request(path).PUT(BodyPublishers.ofString("{\"password\":\"secret\"}"))).expect(404);

    JsonNode entry =
        walk("/audit?method=PUT", 1000).stream()
            .filter(e -> e.path("path").asString().equals("/api/v1" + path))
            .findFirst()
            .orElseThrow();

    assertThat(entry.path("status").asInt()).isEqualTo(404);
    assertThat(entry.path("detail").asString()).isNotBlank();
    assertThat(entry.toString()).doesNotContain("secret", "password");
  }

  @Test
  void a_long_path_is_cut_and_still_listed() {
    send(request("/" + "x".repeat(4000)).DELETE()).expect(404);

    assertThat(walk("/audit?method=DELETE&status=404", 1000))
        .anySatisfy(e -> assertThat(e.path("path").asString()).hasSize(512));
  }
}
