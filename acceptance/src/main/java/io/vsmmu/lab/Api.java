package io.vsmmu.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service's REST interface, with the token of the variable {@code VSMMU_TOKEN}. */
final class Api {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;

  Api(String url) {
    this.url = url;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return asked(request(path).GET());
  }

  JsonNode post(String path, String body) throws IOException, InterruptedException {
    return asked(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  void delete(String path) throws IOException, InterruptedException {
    asked(request(path).DELETE());
  }

  /** The body of a GET's answer as it is, for an answer that is not JSON. */
  String text(String path) throws IOException, InterruptedException {
    return client.send(request(path).GET().build(), BodyHandlers.ofString()).body();
  }

  /** Writes an answer into a file. */
  void download(String path, Path file) throws IOException, InterruptedException {
    var answer = client.send(request(path).GET().build(), BodyHandlers.ofFile(file));
    if (answer.statusCode() >= 300) {
      throw new IOException(answer.statusCode() + ": " + Files.readString(file));
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofMinutes(2));
    String token = System.getenv("VSMMU_TOKEN");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private JsonNode asked(HttpRequest.Builder request) throws IOException, InterruptedException {
    var answer = client.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() >= 300) {
      throw new IOException(answer.statusCode() + ": " + answer.body());
    }
    return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
  }

  /** Whether the service takes requests within this time. */
  boolean awaitReady(int seconds) throws InterruptedException {
    for (int i = 0; i < seconds && !isReady(); i++) {
      Thread.sleep(1000);
    }
    return isReady();
  }

  /** Whether the service takes requests. */
  boolean isReady() throws InterruptedException {
    try {
      return get("/actuator/health/readiness").path("status").asString("").equals("UP");
    } catch (IOException notYet) {
      return false;
    }
  }
}
