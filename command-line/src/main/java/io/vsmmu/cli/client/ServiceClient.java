package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
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

  private final URI service;
  private final HttpClient http;

  /**
   * @param service scheme, host and port, perhaps a path prefix
   */
  public ServiceClient(URI service) {
    this.service = service;
    // HTTP/1.1 alone, because the client would send an upgrade request to HTTP/2 with every upload.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WAIT)
            .build();
  }

  /** Reads a resource below {@link #API}. */
  public Reply get(String path) {
    return reply(request(path).GET());
  }

  /**
   * Sends a JSON body, with an {@code Idempotency-Key} by which a repetition has no second effect.
   */
  public Reply post(String path, JsonNode body) {
    return reply(
        changing(request(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  /** Sends a command to a resource, without a body. */
  public Reply post(String path) {
    return reply(changing(request(path)).POST(BodyPublishers.noBody()));
  }

  /** Sends the bytes of a publisher as {@code application/octet-stream}. */
  public Reply upload(String path, BodyPublisher body) {
    return reply(
        changing(request(path)).header("Content-Type", "application/octet-stream").POST(body));
  }

  /**
   * Reads the ETag of a resource and deletes it with {@code If-Match}, so that a change in between
   * refuses the deletion.
   */
  public Reply delete(String path) {
    String etag = get(path).etag();
    HttpRequest.Builder request = changing(request(path)).DELETE();
    return reply(etag == null ? request : request.header("If-Match", etag));
  }

  /** Deletes a resource without ETag. */
  public Reply deleteUnversioned(String path) {
    return reply(changing(request(path)).DELETE());
  }

  /** The bytes of a resource. The caller closes the stream. */
  public InputStream download(String path) {
    HttpResponse<InputStream> response = send(request(path).GET(), BodyHandlers.ofInputStream());
    if (response.statusCode() < FIRST_ERROR) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      throw refusal(response, text);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    String root = service.toString().replaceAll("/+$", "");
    return HttpRequest.newBuilder(URI.create(root + API + path)).header("Accept", "*/*");
  }

  private static HttpRequest.Builder changing(HttpRequest.Builder request) {
    return request.header("Idempotency-Key", UUID.randomUUID().toString());
  }

  private Reply reply(HttpRequest.Builder request) {
    HttpResponse<String> response = send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (response.statusCode() >= FIRST_ERROR) {
      throw refusal(response, response.body());
    }
    return new Reply(
        response.body(),
        parse(response.body()),
        header(response, "Location"),
        header(response, "ETag"));
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

  private Failure refusal(HttpResponse<?> response, String body) {
    return ProblemText.text(response.statusCode(), body, header(response, "Retry-After"))
        .map(problem -> new Failure(ExitCode.REFUSED, problem))
        .orElseGet(() -> foreign(ProblemText.foreign(response.statusCode(), body), null));
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
      return http.send(request.build(), handler);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.UNREACHABLE, "Interrupted while waiting for " + service, e);
    }
  }

  private Failure unreachable(IOException cause) {
    String reason = cause.getMessage() == null ? "nothing listens there" : cause.getMessage();
    return new Failure(
        ExitCode.UNREACHABLE,
        "The service at %s cannot be reached: %s%n  Start one with `./vsmmu serve`, or name another with --url or VSMMU_URL"
            .formatted(service, reason),
        cause);
  }
}
