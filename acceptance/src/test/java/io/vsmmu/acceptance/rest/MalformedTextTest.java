package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/**
 * What is no text is refused by name, wherever the API takes text, and is no failure of the
 * service.
 */
@ExtendWith(OutputCaptureExtension.class)
@Isolated("It reads the output of the whole process.")
class MalformedTextTest extends RestTest {

  /** Percent-encodings that are no text, or none at all. */
  private static final List<String> MALFORMED =
      List.of(
          "%ff",
          "a%80",
          "%c0%80",
          "%e0%80%af",
          "%ed%a0%80",
          "%f4%90%80%80",
          "%e2%82",
          "%00",
          "a%00b",
          "%zz",
          "%",
          "%f");

  private static final String LONG = "9".repeat(4000);
  private static final String LONG_PAIRS = "%f0%9f%98%80".repeat(300);

  @Test
  void no_parameter_of_any_operation_takes_what_is_no_text(CapturedOutput output)
      throws IOException {
    int parameters = 0;
    for (Operation operation : operations()) {
      for (JsonNode parameter : operation.description().path("parameters")) {
        parameters++;
        for (String value : MALFORMED) {
          refused(operation, parameter, value);
        }
        bearable(operation, parameter, LONG);
        bearable(operation, parameter, LONG_PAIRS);
      }
    }
    assertThat(parameters).isGreaterThan(100);
    quiet(output);
  }

  @Test
  void a_query_is_refused_even_where_no_parameter_is_known(CapturedOutput output)
      throws IOException {
    for (String query : List.of("%ff", "%ff=1", "x=%ff", "limit=1&after=%ff", "=%ff", "&&%zz")) {
      for (String path : List.of("/api/v1/vsmmus", "/api/v1/nothing", "/actuator/health")) {
        assertThat(answer("GET", path + "?" + query, "", "")).startsWith("HTTP/1.1 400");
      }
    }
    quiet(output);
  }

  @Test
  void no_header_that_is_read_fails_the_service(CapturedOutput output) throws IOException {
    String name = created("vm");
    for (String header :
        List.of(
            "If-Match",
            "Idempotency-Key",
            "Last-Event-ID",
            "Accept",
            "Content-Type",
            "Origin",
            "Accept-Encoding",
            "Accept-Language",
            "Range",
            "Cookie",
            "X-Forwarded-For")) {
      for (String value :
          List.of("\u00ff\u00fe", "\u00c3\u0028", "\"", ";;=", "a/b;charset=none")) {
        for (String request :
            List.of(
                "GET /api/v1/vsmmus/" + name,
                "POST /api/v1/vsmmus/" + name + ":reset",
                "POST /api/v1/vsmmus",
                "DELETE /api/v1/vsmmus/" + name + "/devices/5")) {
          String[] parts = request.split(" ");
          String answer = answer(parts[0], parts[1], header + ": " + value + "\r\n", "{}");
          assertThat(answer).as("%s %s: %s", request, header, value).matches("(?s)HTTP/1.1 [24].*");
        }
      }
    }
    quiet(output);
  }

  @Test
  void no_body_that_is_no_text_is_taken(CapturedOutput output) throws IOException {
    byte[][] bodies = {
      {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xff, '"', '}'},
      {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'},
      {
        '{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', '}'
      },
      {(byte) 0xff, (byte) 0xfe, '{', 0, '}', 0},
      {0, 0, 0, '{'},
      {0},
      {(byte) 0xef, (byte) 0xbb},
    };
    for (Operation operation : operations()) {
      if (operation.description().at("/requestBody/content/application~1json").isObject()) {
        for (byte[] body : bodies) {
          Answer answer =
              send(
                  request(operation.filled(null, ""))
                      .header("Content-Type", "application/json")
                      .method(operation.method(), BodyPublishers.ofByteArray(body)));
          assertThat(answer.status()).as("%s", operation).isBetween(400, 422);
        }
        for (String text : List.of("\\u0000", "a\\u0000b", "\\ud800", "\\udc00x")) {
          for (String member : members(operation)) {
            Answer answer =
                send(
                    request(operation.filled(null, ""))
                        .header("Content-Type", "application/json")
                        .method(
                            operation.method(),
                            BodyPublishers.ofString(
                                "{\"%s\":\"%s\",\"%s\":1}".formatted(member, text, text))));
            assertThat(answer.status()).as("%s %s", operation, member).isBetween(400, 422);
          }
        }
      }
    }
    quiet(output);
  }

  @Test
  void a_name_with_nul_is_refused_by_field() {
    for (String text : List.of("a\\u0000b", "\\ud800")) {
      JsonNode problem =
          post("/replays", "{\"vsmmu\":\"%s\",\"mode\":\"events\"}".formatted(text))
              .problem(400, "invalid-field");
      assertThat(problem.path("field").asString()).isEqualTo("vsmmu");
    }
  }

  /** An operation of the API description. */
  private record Operation(String method, String path, JsonNode description) {

    /** Its path with something at every place, a value at the one of that name. */
    String filled(String name, String value) {
      String filled = path;
      for (JsonNode parameter : description.path("parameters")) {
        String own = parameter.path("name").asString();
        filled = filled.replace("{" + own + "}", own.equals(name) ? value : "1");
      }
      return filled;
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private List<Operation> operations() {
    JsonNode api =
        Answer.JSON.readTree(
            new String(
                send(java.net.http.HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + port + "/v3/api-docs"))
                        .GET())
                    .expect(200)
                    .bytes(),
                StandardCharsets.UTF_8));
    List<Operation> operations = new ArrayList<>();
    api.path("paths")
        .propertyStream()
        .forEach(
            path ->
                path.getValue()
                    .propertyStream()
                    .forEach(
                        operation ->
                            operations.add(
                                new Operation(
                                    operation.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    operation.getValue()))));
    return operations;
  }

  private List<String> members(Operation operation) {
    String reference =
        operation
            .description()
            .at("/requestBody/content/application~1json/schema/$ref")
            .asString("");
    List<String> members = new ArrayList<>(List.of("other"));
    JsonNode api =
        Answer.JSON.readTree(
            new String(
                send(java.net.http.HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + port + "/v3/api-docs"))
                        .GET())
                    .bytes(),
                StandardCharsets.UTF_8));
    if (reference.startsWith("#")) {
      api.at(reference.substring(1) + "/properties")
          .propertyStream()
          .forEach(property -> members.add(property.getKey()));
    }
    return members;
  }

  private void refused(Operation operation, JsonNode parameter, String value) throws IOException {
    String place = parameter.path("in").asString();
    if (place.equals("header")) {
      return;
    }
    String answer = with(operation, parameter, value);
    assertThat(answer)
        .as("%s with %s=%s", operation, parameter.path("name"), value)
        .matches("(?s)HTTP/1.1 40[04] .*")
        .contains("application/problem+json", "\"type\":\"/problems/");
    if (place.equals("query")) {
      assertThat(answer)
          .contains(
              "/problems/invalid-field", "\"field\":\"" + parameter.path("name").asString() + "\"");
    }
  }

  private void bearable(Operation operation, JsonNode parameter, String value) throws IOException {
    assertThat(with(operation, parameter, value))
        .as("%s with a long %s", operation, parameter.path("name"))
        .matches("(?s)HTTP/1.1 [24].*");
  }

  private String with(Operation operation, JsonNode parameter, String value) throws IOException {
    String name = parameter.path("name").asString();
    return switch (parameter.path("in").asString()) {
      case "path" -> answer(operation.method(), operation.filled(name, value), "", "");
      case "query" ->
          answer(operation.method(), operation.filled(null, "") + "?" + name + "=" + value, "", "");
      default ->
          answer(operation.method(), operation.filled(null, ""), name + ": " + value + "\r\n", "");
    };
  }

  private String answer(String method, String target, String header, String body)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      String type = header.startsWith("Content-Type") ? "" : "Content-Type: application/json\r\n";
      out.write(
          "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n%s%s%s\r\n%s"
              .formatted(method, target, body.length(), TestToken.LINE, type, header, body)
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void what_http_does_not_have_is_a_malformed_request_and_no_failure_of_ours(CapturedOutput output)
      throws IOException {
    String refused = "(?s)HTTP/1.1 %s .*\"type\":\"/problems/bad-request\".*";
    for (String length : List.of("-1", "x", "99999999999999999999", "1, 2", "")) {
      assertThat(sent("GET /api/v1/vsmmus HTTP/1.1", "Content-Length: " + length))
          .as("Content-Length: '%s'", length)
          .matches("(?s)HTTP/1.1 (200|400) .*");
    }
    assertThat(sent("GET /api/v1/vsmmus HTTP/1.1", "Content-Length: -1"))
        .matches(refused.formatted("400"));
    assertThat(sent("GET / HTTP/9.9", "Accept: */*")).matches(refused.formatted("505"));
    assertThat(sent("POST /api/v1/vsmmus HTTP/1.1", "Transfer-Encoding: rot13"))
        .matches(refused.formatted("501"));
    quiet(output);
  }

  private String sent(String line, String header) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      String head =
          "%s\r\nHost: localhost\r\nConnection: close\r\n" + TestToken.LINE + "%s\r\n\r\n";
      OutputStream out = socket.getOutputStream();
      out.write(head.formatted(line, header).getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void quiet(CapturedOutput output) {
    assertThat(output.getAll()).doesNotContain(" ERROR ", "\tat ");
  }
}
