package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.rest.app.ControlPlane;
import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * A running service with an embedded PostgreSQL, the same one for all tests that say nothing else
 * of it: each test works on vSMMUs of its own. Their classes run one after the other, because some
 * tests read lists of the whole service, and beside the classes that do not extend this one.
 */
@SpringBootTest(
    classes = ControlPlane.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Tag("slow")
@Execution(ExecutionMode.SAME_THREAD)
abstract class RestTest {

  static final String ACCELERATED = "/samples/qemu-11.1.3-accel-e1000e.trace.log";
  static final String EMULATED = "/samples/qemu-11.1.3-emulated-boot.trace.log";

  private static final Duration REPLAY_WAIT = Duration.ofSeconds(60);

  /** Between two requests that ask whether something has happened. */
  static final Duration PAUSE = Duration.ofMillis(20);

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** By port of the service and name of the sample. */
  private static final Map<String, JsonNode> IMPORTED = new ConcurrentHashMap<>();

  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @LocalServerPort int port;

  /** A data directory for each service. */
  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    Path data = temporary();
    registry.add("vsmmu.data-dir", data::toString);
    registry.add("vsmmu.access.token-file", TestToken.FILE::toString);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("vsmmu-rest-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] sample(String name) {
    try (InputStream in = RestTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A name that no other test has. */
  static String freshName(String prefix) {
    return prefix + "-" + NAMES.incrementAndGet();
  }

  /** The bundled recording of a guest with a NIC behind a nested SMMU, imported once. */
  JsonNode accelerated() {
    return IMPORTED.computeIfAbsent(
        port + ACCELERATED, once -> imported(ACCELERATED, "accelerated"));
  }

  /** The bundled recording of a boot with an emulated SMMU, imported once. */
  JsonNode emulated() {
    return IMPORTED.computeIfAbsent(port + EMULATED, once -> imported(EMULATED, "emulated"));
  }

  JsonNode imported(String file, String name) {
    return upload("/recordings?format=qemu-trace&name=" + name, sample(file)).expect(201).json();
  }

  HttpRequest.Builder request(String path) {
    String full = path.startsWith("/api") || path.startsWith("/actuator") ? path : "/api/v1" + path;
    return stranger(full).header("Authorization", "Bearer " + TestToken.SECRET);
  }

  /** A request without a credential; the path is whole. */
  HttpRequest.Builder stranger(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      return new Answer(http.send(request.build(), BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer post(String path, String json, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json, StandardCharsets.UTF_8));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  Answer upload(String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofByteArray(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  Answer delete(String path, String... headers) {
    HttpRequest.Builder request = request(path).DELETE();
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  String created(String prefix) {
    String name = freshName(prefix);
    post("/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(201);
    return name;
  }

  /** Every item of a list, page by page. */
  List<JsonNode> walk(String path, int limit) {
    List<JsonNode> items = new ArrayList<>();
    String separator = path.contains("?") ? "&" : "?";
    JsonNode next = null;
    do {
      String page =
          path + separator + "limit=" + limit + (next == null ? "" : "&after=" + next.asLong());
      JsonNode body = get(page).expect(200).json();
      body.path("items").forEach(items::add);
      next = body.path("next");
    } while (!next.isNull());
    return items;
  }

  /** A replay, when it is over. */
  JsonNode replayed(String request) {
    Answer accepted = post("/replays", request).expect(202);
    String location = accepted.header("Location");
    assertThat(location).isEqualTo("/api/v1/replays/" + accepted.json().path("id").asString());
    assertThat(Await.within(REPLAY_WAIT, PAUSE, () -> !"RUNNING".equals(status(location))))
        .as("the replay ends: %s", location)
        .isTrue();
    JsonNode replay = get(location).expect(200).json();
    assertThat(replay.path("status").asString()).as("%s", replay).isEqualTo("DONE");
    return replay;
  }

  private String status(String replay) {
    return get(replay).expect(200).json().path("status").asString();
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
