package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class IdempotencyTest extends RestTest {

  private static final String KEY = "Idempotency-Key";

  @Test
  void a_repeated_request_gets_the_same_answer_and_has_no_second_effect() {
    String key = UUID.randomUUID().toString();
    String body = "{\"name\":\"%s\"}".formatted(freshName("vm"));

    Answer first = post("/vsmmus", body, KEY, key).expect(201);
    Answer second = post("/vsmmus", body, KEY, key).expect(201);

    assertThat(second.bytes()).isEqualTo(first.bytes());
    assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotency-Replayed")).isNull();
  }

  @Test
  void a_refusal_is_repeated_too() {
    String key = UUID.randomUUID().toString();
    String name = created("vm");
    String body = "{\"name\":\"%s\"}".formatted(name);
    Answer first = post("/vsmmus", body, KEY, key).expect(409);
    delete("/vsmmus/" + name).expect(204);

    Answer second = post("/vsmmus", body, KEY, key);

    second.problem(409, "conflict");
    assertThat(second.bytes()).isEqualTo(first.bytes());
    get("/vsmmus/" + name).problem(404, "not-found");
  }

  @Test
  void a_key_belongs_to_one_body_and_one_path() {
    String key = UUID.randomUUID().toString();
    String name = freshName("vm");
    String other = freshName("vm");
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name), KEY, key).expect(201);

    post("/vsmmus", "{\"name\":\"%s\"}".formatted(other), KEY, key)
        .problem(422, "idempotency-key-reused");
    post("/vsmmus/" + name + ":reset", "{\"name\":\"%s\"}".formatted(name), KEY, key)
        .problem(422, "idempotency-key-reused");

    get("/vsmmus/" + other).problem(404, "not-found");
    assertThat(get("/vsmmus/" + name).json().path("events").asLong()).isEqualTo(1);
  }

  @Test
  void a_recording_uploaded_again_with_its_key_is_not_imported_again() {
    String key = UUID.randomUUID().toString();
    String path = "/recordings?format=qemu-trace&name=" + freshName("once");
    byte[] body = sample(EMULATED);

    Answer first = upload(path, body, KEY, key).expect(201);
    int vsmmus = walk("/vsmmus", 1000).size();
    Answer second = upload(path, body, KEY, key).expect(201);

    assertThat(second.bytes()).isEqualTo(first.bytes());
    assertThat(walk("/vsmmus", 1000)).hasSize(vsmmus);
    byte[] longer = java.util.Arrays.copyOf(body, body.length + 1);
    upload(path, longer, KEY, key).problem(422, "idempotency-key-reused");
  }

  @Test
  void of_requests_at_the_same_time_one_has_the_effect() throws Exception {
    String key = UUID.randomUUID().toString();
    String name = created("vm");
    List<Callable<Answer>> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(() -> post("/vsmmus/" + name + ":reset", "", KEY, key));
    }
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      for (Future<Answer> answer : clients.invokeAll(requests)) {
        if (answer.get().status() != 200) {
          answer.get().problem(409, "idempotency-key-in-use");
        }
      }
    }

    assertThat(walk("/vsmmus/" + name + "/events?type=VsmmuReset", 10)).hasSize(1);
    post("/vsmmus/" + name + ":reset", "", KEY, key).expect(200);
  }

  @Test
  void a_key_that_is_none_is_refused() {
    String body = "{\"name\":\"%s\"}".formatted(freshName("vm"));

    post("/vsmmus", body, KEY, "k".repeat(256)).problem(400, "invalid-field");
    post("/vsmmus", body, KEY, "two words").problem(400, "invalid-field");
  }

  @Test
  void the_answer_to_a_body_that_was_too_large_is_not_kept() {
    String key = UUID.randomUUID().toString();
    String name = freshName("vm");
    post("/vsmmus", " ".repeat(70_000) + "{\"name\":\"%s\"}".formatted(name), KEY, key)
        .problem(413, "body-too-large");

    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name), KEY, key).expect(201);
  }
}
