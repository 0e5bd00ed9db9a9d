package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer of the service. */
record Answer(HttpResponse<byte[]> response) {

  static final JsonMapper JSON = JsonMapper.shared();

  int status() {
    return response.statusCode();
  }

  byte[] bytes() {
    return response.body();
  }

  String text() {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  JsonNode json() {
    return JSON.readTree(response.body());
  }

  @Nullable String header(String name) {
    return response.headers().firstValue(name).orElse(null);
  }

  Answer expect(int status) {
    assertThat(status()).as("%s: %s", response.uri(), text()).isEqualTo(status);
    return this;
  }

  /** The problem detail that this answer has to be. */
  JsonNode problem(int status, String type) {
    expect(status);
    assertThat(header("Content-Type")).startsWith("application/problem+json");
    JsonNode problem = json();
    assertThat(problem.path("type").asString()).as(text()).isEqualTo("/problems/" + type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asString()).isNotBlank();
    assertThat(problem.path("detail").asString()).isNotBlank();
    return problem;
  }
}
