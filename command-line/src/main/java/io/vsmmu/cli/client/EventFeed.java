package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The events of a vSMMU as they are appended, by the service's server-sent events. A connection
 * that breaks is opened again behind the last event.
 */
public final class EventFeed {

  /** How long a service may be unavailable. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final String DATA = "data:";

  private final ServiceClient service;
  private final String stream;
  private final Consumer<JsonNode> seen;
  private @Nullable Long after;
  private @Nullable Instant away;

  /**
   * @param path of the vSMMU's resource
   * @param after position behind which to begin; null for what comes from now on
   * @param seen receives each event
   */
  public EventFeed(
      ServiceClient service, String path, @Nullable Long after, Consumer<JsonNode> seen) {
    this.service = service;
    this.stream = path + "/events:stream";
    this.after = after;
    this.seen = seen;
  }

  /**
   * Follows until the vSMMU is deleted.
   *
   * @param trouble receives a line when the connection broke
   * @throws Failure if the service refuses, cannot be reached at first, or is unavailable for
   *     {@link #PATIENCE}
   */
  public void follow(Consumer<String> trouble) throws InterruptedException {
    boolean reached = false;
    while (true) {
      try (BufferedReader lines = open()) {
        reached = true;
        away = null;
        if (deleted(lines)) {
          return;
        }
      } catch (IOException broken) {
        trouble.accept("the connection broke; it goes on after position " + after);
      } catch (Failure failure) {
        if (!reached || failure.code() != ExitCode.UNREACHABLE || isTooLong()) {
          throw failure;
        }
      }
      Thread.sleep(PAUSE);
    }
  }

  private BufferedReader open() {
    String query = new UrlQuery().with("after", after).toString();
    return new BufferedReader(
        new InputStreamReader(service.download(stream + query), StandardCharsets.UTF_8));
  }

  private boolean isTooLong() {
    Instant now = Instant.now();
    Instant since = away == null ? now : away;
    away = since;
    return Duration.between(since, now).compareTo(PATIENCE) > 0;
  }

  /** Reads until the stream ends; true if its last event is the deletion of the vSMMU. */
  private boolean deleted(BufferedReader lines) throws IOException {
    boolean deleted = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(DATA)) {
        JsonNode event = ServiceClient.JSON.readTree(line.substring(DATA.length()));
        after = event.path("position").asLong();
        deleted = event.path("type").asString("").equals("VsmmuDeleted");
        seen.accept(event);
      }
    }
    return deleted;
  }
}
