package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Starts replays and awaits their results. */
public final class ReplayClient {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final String RUNNING = "running";
  private static final String FAILED = "failed";
  private static final String STOPPED = "stopped";

  private final ServiceClient service;

  public ReplayClient(ServiceClient service) {
    this.service = service;
  }

  /**
   * Starts a replay and polls until it has ended, without a limit of time: first after 20 ms, then
   * in growing intervals up to 1 s.
   *
   * @throws Failure {@link ExitCode#REFUSED} when it is refused, fails, or another client stops it
   */
  public Reply run(JsonNode request) {
    Reply accepted = service.post("/replays", request);
    String path = path(accepted);
    Duration pause = FIRST_PAUSE;
    while (true) {
      Reply reply = service.get(path);
      String status = reply.body().path("status").asString("").toLowerCase(Locale.ROOT);
      if (status.equals(FAILED)) {
        throw new Failure(
            ExitCode.REFUSED, "The replay failed: " + reply.body().path("failure").asString("?"));
      }
      if (status.equals(STOPPED)) {
        throw new Failure(ExitCode.REFUSED, "The replay was stopped by another client");
      }
      if (!status.equals(RUNNING)) {
        return reply;
      }
      sleep(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private static String path(Reply accepted) {
    String id = accepted.body().path("id").asString("");
    if (!id.isEmpty()) {
      return "/replays/" + UrlQuery.segment(id);
    }
    String location =
        accepted
            .findLocation()
            .map(where -> URI.create(where).getPath())
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.REFUSED,
                        "The service accepted the replay without saying where to find it"));
    int api = location.indexOf(ServiceClient.API);
    return api < 0 ? location : location.substring(api + ServiceClient.API.length());
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.UNREACHABLE, "Interrupted while waiting for the replay", e);
    }
  }
}
