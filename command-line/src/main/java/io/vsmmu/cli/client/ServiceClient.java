package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.TextPart;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The HTTP client of a running service. Every method throws {@link Failure} when the service cannot
 * be reached ({@link ExitCode#UNREACHABLE}) or refuses ({@link ExitCode#REFUSED}).
 */
public final class ServiceClient {

  /** The JSON mapper of the command line; safe for all threads. */
  public static final JsonMapper JSON = JsonMapper.shared();

  /** The path under which the service has its resources. */
  public static final String API = "/api/v1";

  private static final Duration CONNECT_WAIT = Duration.ofSeconds(5);
  private static final int FIRST_ERROR = 400;

  /** The status of a refusal that the same request may not get later (RFC 9110, 15.6.4). */
  private static final int UNAVAILABLE = 503;

  /** The status of a refusal because the client has reached a limit of its own (RFC 6585, 4). */
  private static final int TOO_MANY_REQUESTS = 429;

  private static final int UNAUTHENTICATED = 401;

  private static final String KEY = "Idempotency-Key";
  private static final String RETRY = "Retry-After";

  private static final String AUTHORIZATION = "Authorization";

  private final URI service;
  private final ServiceToken token;

  /**
   * @param service scheme, host and port, perhaps a path prefix
   * @param token what each request carries
   */
  public ServiceClient(URI service, ServiceToken token) {
    this.service = service;
    this.token = token;
  }

  /** Made for the first body that is sent or received as a stream. */
  private static final class Streaming {
    // HTTP/1.1 alone, because it would send an upgrade request to HTTP/2 with every upload.
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WAIT)
            .build();
  }

  /** Reads a resource below {@link #API}. */
  public Reply get(String path) {
    return reply("GET", path, Map.of(), null);
  }

  /**
   * Sends a JSON body, with an {@code Idempotency-Key} by which a repetition has no second effect.
   */
  public Reply post(String path, JsonNode body) {
    return reply(
        "POST",
        path,
        Map.of(KEY, key(), "Content-Type", "application/json"),
        JSON.writeValueAsBytes(body));
  }

  /**
   * Sends a JSON body to a resource that answers with a text, which is not read; with an {@code
   * Idempotency-Key} as {@link #post(String, JsonNode)}.
   */
  public void send(String path, JsonNode body) {
    HttpResponse<String> response =
        posted(
            path,
            "application/json",
            HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (response.statusCode() >= FIRST_ERROR) {
      throw refusal(response.statusCode(), response.body(), header(response, RETRY));
    }
  }

  /** Sends a question with a JSON body, which changes nothing. */
  public Reply ask(String path, JsonNode body) {
    return reply(
        "POST", path, Map.of("Content-Type", "application/json"), JSON.writeValueAsBytes(body));
  }

  /** Sends a command to a resource, without a body. */
  public Reply post(String path) {
    return reply("POST", path, Map.of(KEY, key()), new byte[0]);
  }

  /** Sends the bytes of a publisher as {@code application/octet-stream}. */
  public Reply upload(String path, BodyPublisher body) {
    HttpResponse<String> response = posted(path, "application/octet-stream", body);
    return reply(response.statusCode(), response.body(), name -> header(response, name));
  }

  private HttpResponse<String> posted(String path, String type, BodyPublisher body) {
    return send(
        request(path).header(KEY, key()).header("Content-Type", type).POST(body),
        BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  /**
   * Reads the ETag of a resource and deletes it with {@code If-Match}, so that a change in between
   * refuses the deletion.
   */
  public Reply delete(String path) {
    String etag = get(path).etag();
    return reply(
        "DELETE",
        path,
        etag == null ? Map.of(KEY, key()) : Map.of(KEY, key(), "If-Match", etag),
        null);
  }

  /** Deletes a resource without ETag. */
  public Reply deleteUnversioned(String path) {
    return reply("DELETE", path, Map.of(KEY, key()), null);
  }

  /** The bytes of a resource. The caller closes the stream. */
  public InputStream download(String path) {
    return download(path, Map.of());
  }

  /** As {@link #download(String)}, with further header fields of the request. */
  InputStream download(String path, Map<String, String> headers) {
    HttpRequest.Builder request = request(path).GET();
    headers.forEach(request::header);
    HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() < FIRST_ERROR) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      throw refusal(response.statusCode(), text, header(response, RETRY));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private URI uri(String path) {
    return URI.create(service.toString().replaceAll("/+$", "") + API + path);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).header("Accept", "*/*");
    token.authorization().ifPresent(value -> request.header(AUTHORIZATION, value));
    return request;
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }

  private Reply reply(
      String method, String path, Map<String, String> headers, byte @Nullable [] content) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Accept", "*/*");
    token.authorization().ifPresent(value -> all.put(AUTHORIZATION, value));
    try {
      SmallExchange answer = SmallExchange.send(method, uri(path), all, content, CONNECT_WAIT);
      return reply(answer.status(), answer.body(), answer.header());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private Reply reply(int status, String body, Function<String, @Nullable String> header) {
    if (status >= FIRST_ERROR) {
      throw refusal(status, body, header.apply(RETRY));
    }
    return new Reply(body, parse(body), header.apply("Location"), header.apply("ETag"));
  }

  private JsonNode parse(String body) {
    if (body.isBlank()) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode parsed = JSON.readTree(body);
      if (parsed.isObject()) {
        return parsed;
      }
    } catch (JacksonException e) {
      throw foreign("its answer is no JSON", e);
    }
    throw foreign("its answer is no JSON object", null);
  }

  private Failure refusal(int status, String body, @Nullable String retryAfter) {
    return ProblemText.of(status, body, retryAfter)
        .<Failure>map(
            problem ->
                new Refusal(
                    status == UNAUTHENTICATED
                        ? names -> problem.text(names) + "\n  " + token.advice()
                        : problem::text,
                    TextPart.of(body),
                    status == UNAVAILABLE || status == TOO_MANY_REQUESTS))
        .orElseGet(() -> foreign(ProblemText.foreign(status, body), null));
  }

  private Failure foreign(String how, @Nullable Throwable cause) {
    return new Failure(
        ExitCode.UNREACHABLE,
        "What answers at %s is not a vsmmu service: %s%n  Name another one with --url or VSMMU_URL"
            .formatted(service, how),
        cause);
  }

  private static @Nullable String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse(null);
  }

  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return Streaming.CLIENT.send(request.build(), handler);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.UNREACHABLE, "Interrupted while waiting for " + service, e);
    }
  }

  private Failure unreachable(IOException cause) {
    String reason =
        cause.getMessage() == null || cause instanceof ConnectException
            ? "nothing listens there"
            : cause.getMessage();
    return new Failure(
        ExitCode.UNREACHABLE,
        "The service at %s cannot be reached: %s%n  Start one with `./vsmmu serve`, or name another with --url or VSMMU_URL"
            .formatted(service, reason),
        cause);
  }
}
