package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class EventStreamTest extends RestTest {

  /** An event of a stream. */
  private record Sent(String id, String name, JsonNode data) {}

  /** A connected stream. */
  private final class Follower implements AutoCloseable {
    private final BufferedReader lines;

    Follower(HttpRequest.Builder request) throws IOException, InterruptedException {
      HttpResponse<InputStream> response =
          http.send(request.GET().build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/event-stream");
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      // The first thing is a comment: from then on the stream follows.
      assertThat(lines.readLine()).startsWith(":");
    }

    List<Sent> take(int count) throws IOException {
      List<Sent> taken = new ArrayList<>();
      String id = "";
      String name = "";
      while (taken.size() < count) {
        String line = lines.readLine();
        if (line == null) {
          break;
        }
        if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          name = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          taken.add(new Sent(id, name, Answer.JSON.readTree(line.substring(5))));
        }
      }
      return taken;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  @Test
  void a_stream_follows_the_log_from_now_on() throws Exception {
    String name = created("vm");
    try (Follower follower = new Follower(request("/vsmmus/" + name + "/events:stream"))) {
      post("/vsmmus/" + name + ":pause").expect(200);
      post("/vsmmus/" + name + ":resume").expect(200);

      assertThat(follower.take(2))
          .extracting(Sent::name)
          .containsExactly("VsmmuPaused", "VsmmuResumed");
    }
  }

  @Test
  void a_stream_resumes_behind_the_last_event_id() throws Exception {
    accelerated();
    List<JsonNode> events = walk("/vsmmus/accelerated/events", 1000);
    String seen = events.get(9).path("position").asString();
    HttpRequest.Builder request =
        request("/vsmmus/accelerated/events:stream").header("Last-Event-ID", seen);

    try (Follower follower = new Follower(request)) {
      List<Sent> sent = follower.take(events.size() - 10);

      assertThat(sent.stream().map(Sent::data))
          .containsExactlyElementsOf(events.subList(10, events.size()));
      assertThat(sent)
          .allSatisfy(it -> assertThat(it.id()).isEqualTo(it.data().path("position").asString()));
    }
  }

  @Test
  void a_stream_from_the_beginning_ends_behind_the_deletion() throws Exception {
    String name = created("vm");
    try (Follower follower = new Follower(request("/vsmmus/" + name + "/events:stream?after=0"))) {
      delete("/vsmmus/" + name).expect(204);

      List<Sent> sent = follower.take(Integer.MAX_VALUE);

      assertThat(sent).extracting(Sent::name).startsWith("VsmmuCreated").endsWith("VsmmuDeleted");
    }
  }

  @Test
  void a_last_event_id_that_is_none_is_a_problem() {
    String name = created("vm");

    JsonNode problem =
        send(request("/vsmmus/" + name + "/events:stream").header("Last-Event-ID", "x").GET())
            .problem(400, "invalid-field");

    assertThat(problem.path("field").asString()).isEqualTo("Last-Event-ID");
    send(request("/vsmmus/" + name + "/events:stream").header("Last-Event-ID", "999999999").GET())
        .problem(404, "not-in-log");
    get("/vsmmus/nobody/events:stream").problem(404, "not-found");
  }

  @Test
  void a_client_has_room_for_a_bounded_number_of_streams_and_it_is_given_back() throws Exception {
    String name = created("vm");
    List<Follower> followers = new ArrayList<>();
    try {
      Answer refused = null;
      for (int i = 0; i <= 64 && refused == null; i++) {
        HttpRequest.Builder request = request("/vsmmus/" + name + "/events:stream");
        try {
          followers.add(new Follower(request));
        } catch (AssertionError full) {
          refused = get("/vsmmus/" + name + "/events:stream");
        }
      }
      assertThat(followers).hasSizeBetween(50, 64);
      assertThat(refused).isNotNull();
      refused.problem(429, "too-many-requests");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
    } finally {
      for (Follower follower : followers) {
        follower.close();
      }
    }
    int count = followers.size();
    List<Follower> again = new ArrayList<>();
    assertThat(Await.within(Duration.ofSeconds(30), PAUSE, () -> areOpened(name, again, count)))
        .as("the room of closed streams is given back")
        .isTrue();
    delete("/vsmmus/" + name).expect(204);
    for (Follower follower : again) {
      follower.take(Integer.MAX_VALUE);
      follower.close();
    }
  }

  /** Opens streams until there is no room for another one; whether there are {@code count}. */
  private boolean areOpened(String name, List<Follower> opened, int count) {
    try {
      while (opened.size() < count) {
        opened.add(new Follower(request("/vsmmus/" + name + "/events:stream")));
      }
      return true;
    } catch (AssertionError full) {
      return false;
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }
}
