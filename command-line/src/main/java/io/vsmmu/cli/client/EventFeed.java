package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The events of a vSMMU as they are appended, by the service's server-sent events. A connection
 * that breaks is opened again behind the last event that was received completely ({@code
 * Last-Event-ID}), so that no event is missed and none is seen twice.
 */
public final class EventFeed {

  /** How long a service may be unavailable. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final String DATA = "data:";
  private static final String ID = "id:";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final ServiceClient service;
  private final String stream;
  private final UrlQuery beginning;
  private final Consumer<JsonNode> seen;
  private final Consumer<String> trouble;
  private @Nullable String lastEventId;
  private long lastPosition;
  private long awaySince;
  private boolean away;

  /**
   * @param path of the vSMMU's resource
   * @param after where to begin: behind a position or bookmark; null for what is appended from now
   *     on
   * @param seen receives each event
   * @param trouble receives a line when the service becomes unavailable, and when it answers again
   */
  public EventFeed(
      ServiceClient service,
      String path,
      @Nullable Object after,
      Consumer<JsonNode> seen,
      Consumer<String> trouble) {
    this.service = service;
    this.stream = path + "/events:stream";
    this.beginning = new UrlQuery().with("after", after);
    this.seen = seen;
    this.trouble = trouble;
  }

  /**
   * Follows until the vSMMU is deleted.
   *
   * @throws Failure if the service refuses, cannot be reached at first, or is unavailable for
   *     {@link #PATIENCE}
   */
  public void follow() throws InterruptedException {
    boolean reached = false;
    Duration pause = FIRST_PAUSE;
    while (true) {
      try (BufferedReader lines = open()) {
        reached = true;
        back();
        pause = FIRST_PAUSE;
        if (deleted(lines)) {
          return;
        }
        // The service ended in order, or the stream has reached its greatest age.
      } catch (IOException broken) {
        waits("the connection broke");
      } catch (Failure failure) {
        if (!reached || !isTemporary(failure) || isTooLong()) {
          throw failure;
        }
        waits("the service cannot be reached");
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private BufferedReader open() {
    String last = lastEventId;
    return new BufferedReader(
        new InputStreamReader(
            last == null
                ? service.download(stream + beginning)
                : service.download(stream, Map.of(LAST_EVENT_ID, last)),
            StandardCharsets.UTF_8));
  }

  private static boolean isTemporary(Failure failure) {
    return failure.code() == ExitCode.UNREACHABLE
        || (failure instanceof Refusal refusal && refusal.isTemporary());
  }

  /** Says once that the service is unavailable. */
  private void waits(String why) {
    if (!away) {
      away = true;
      awaySince = System.nanoTime();
      trouble.accept(
          "%s; waiting up to %d s to go on behind position %s"
              .formatted(why, PATIENCE.toSeconds(), lastEventId == null ? "?" : lastEventId));
    }
  }

  private void back() {
    if (away) {
      away = false;
      trouble.accept("the service answers again");
    }
  }

  private boolean isTooLong() {
    return away && System.nanoTime() - awaySince > PATIENCE.toNanos();
  }

  /**
   * Reads until the stream ends. An event counts when the empty line behind it was received.
   *
   * @return true if the last event is the deletion of the vSMMU
   */
  private boolean deleted(BufferedReader lines) throws IOException {
    boolean deleted = false;
    String id = null;
    String data = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(DATA)) {
        data = line.substring(DATA.length());
      } else if (line.startsWith(ID)) {
        id = line.substring(ID.length()).strip();
      } else if (line.isEmpty()) {
        lastEventId = id == null ? lastEventId : id;
        if (data != null) {
          deleted = isDeletion(ServiceClient.JSON.readTree(data));
        }
        id = null;
        data = null;
      }
    }
    return deleted;
  }

  private boolean isDeletion(JsonNode event) {
    long position = event.path("position").asLong(0);
    if (position > lastPosition) {
      lastPosition = position;
      seen.accept(event);
    }
    return event.path("type").asString("").equals("VsmmuDeleted");
  }
}
