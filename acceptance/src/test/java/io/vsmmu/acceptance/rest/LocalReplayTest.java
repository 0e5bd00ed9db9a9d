package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Replays on the service's own host ask for its devices first; a replay can be stopped. */
class LocalReplayTest extends RestTest {

  private static final String OF_LOG = "0000:02:00.0";
  private static final String OTHER = "0000:81:00.0";

  @Test
  void a_device_that_a_vsmmu_has_is_refused_until_another_one_takes_its_part() {
    String name = attached(OF_LOG);

    JsonNode problem = post("/replays", local(name, "{}")).problem(409, "conflict");
    JsonNode replay = replayed(local(name, "{\"%s\":\"%s\"}".formatted(OF_LOG, OTHER)));
    String holder = attached(OTHER);
    JsonNode held =
        post("/replays", local(name, "{\"%s\":\"%s\"}".formatted(OF_LOG, OTHER)))
            .problem(409, "conflict");

    assertThat(field(problem)).isEqualTo("devices." + OF_LOG);
    assertThat(problem.path("allowed").asString()).contains(name, "map another one");
    assertThat(replay.path("status").asString()).isEqualTo("DONE");
    assertThat(held.path("value").asString()).isEqualTo(OTHER);
    assertThat(held.path("allowed").asString()).contains(holder);
    delete("/vsmmus/" + name).expect(204);
    delete("/vsmmus/" + holder).expect(204);
  }

  @Test
  void a_replay_that_is_stopped_has_no_result_and_one_that_has_ended_cannot_be_stopped() {
    accelerated();

    // A replay may have ended before the request to stop it arrives.
    JsonNode stopped =
        Stream.generate(this::stoppedAtOnce)
            .limit(50)
            .filter(it -> it.path("status").asString().equals("STOPPED"))
            .findFirst()
            .orElseThrow();

    assertThat(stopped.path("divergences")).isEmpty();
    assertThat(stopped.path("hostOperations").asLong(-1)).isZero();
    String path = "/replays/" + stopped.path("id").asString();
    assertThat(delete(path).problem(409, "conflict").path("value").asString()).isEqualTo("STOPPED");
  }

  /** A replay that was asked to stop as soon as it was started, when it has ended. */
  private JsonNode stoppedAtOnce() {
    String request = "{\"vsmmu\":\"accelerated\",\"mode\":\"events\",\"verify\":true}";
    String path = "/replays/" + post("/replays", request).expect(202).json().path("id").asString();
    delete(path);
    assertThat(
            Await.within(
                Duration.ofSeconds(60),
                PAUSE,
                () -> !get(path).json().path("status").asString().equals("RUNNING")))
        .isTrue();
    return get(path).expect(200).json();
  }

  @Test
  void what_is_no_device_of_the_log_or_of_the_host_is_refused() {
    String name = attached(OF_LOG);

    JsonNode unknown =
        post("/replays", local(name, "{\"0000:09:00.0\":\"%s\"}".formatted(OTHER)))
            .problem(400, "invalid-field");
    JsonNode absent =
        post("/replays", local(name, "{\"%s\":\"0000:ff:00.0\"}".formatted(OF_LOG)))
            .problem(422, "host-refused");
    JsonNode nothing =
        post("/replays", local(name, "{\"%s\":null}".formatted(OF_LOG)))
            .problem(400, "invalid-field");

    assertThat(field(unknown)).isEqualTo("devices");
    assertThat(unknown.path("value").asString()).isEqualTo("0000:09:00.0");
    assertThat(unknown.path("allowed").asString()).contains(OF_LOG);
    assertThat(field(absent)).isEqualTo("devices." + OF_LOG);
    assertThat(absent.path("value").asString()).isEqualTo("0000:ff:00.0");
    assertThat(field(nothing)).isEqualTo("devices." + OF_LOG);
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void only_what_the_log_attaches_until_then_is_asked_for() {
    String name = created("replay");
    long before = lastPosition(name);
    attach(name, OF_LOG);

    JsonNode replay =
        replayed("{\"vsmmu\":\"%s\",\"host\":\"local\",\"until\":%d}".formatted(name, before));

    assertThat(replay.path("status").asString()).isEqualTo("DONE");
    delete("/vsmmus/" + name).expect(204);
  }

  @Test
  void a_recording_says_which_of_its_devices_the_host_lacks() {
    accelerated();

    JsonNode problem =
        post("/replays", "{\"vsmmu\":\"accelerated\",\"host\":\"local\"}")
            .problem(422, "host-refused");

    assertThat(field(problem)).startsWith("devices.");
    assertThat(problem.path("allowed").asString()).contains("takes the part of");
  }

  private long lastPosition(String name) {
    long last = 0;
    for (JsonNode event : walk("/vsmmus/" + name + "/events", 100)) {
      last = event.path("position").asLong();
    }
    return last;
  }

  private String attached(String device) {
    String name = created("replay");
    attach(name, device);
    return name;
  }

  private void attach(String name, String device) {
    post(
            "/vsmmus/" + name + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x900\"}".formatted(device))
        .expect(201);
  }

  private static String local(String name, String devices) {
    return "{\"vsmmu\":\"%s\",\"host\":\"local\",\"devices\":%s}".formatted(name, devices);
  }

  private static String field(JsonNode problem) {
    return problem.path("field").asString();
  }
}
