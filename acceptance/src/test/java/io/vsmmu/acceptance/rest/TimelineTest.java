package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The timeline of the bundled recording over REST. */
class TimelineTest extends RestTest {

  private static final String TIMELINE = "/vsmmus/accelerated/timeline";

  private static long sum(JsonNode timeline, String member) {
    return timeline
        .path("buckets")
        .valueStream()
        .mapToLong(bucket -> bucket.path(member).asLong())
        .sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"buckets=1", "buckets=7", "buckets=1000", "by=time&buckets=10"})
  void the_buckets_together_hold_the_whole_log(String query) {
    JsonNode imported = accelerated();

    JsonNode timeline = get(TIMELINE + "?" + query).expect(200).json();

    assertThat(sum(timeline, "events")).isEqualTo(imported.at("/vsmmus/0/events").asLong());
    long commands =
        timeline
            .path("buckets")
            .valueStream()
            .flatMap(bucket -> bucket.path("commands").valueStream())
            .mapToLong(JsonNode::asLong)
            .sum();
    long counted =
        get("/vsmmus/accelerated/state")
            .expect(200)
            .json()
            .path("commands")
            .valueStream()
            .mapToLong(JsonNode::asLong)
            .sum();
    assertThat(commands).isEqualTo(counted);
    assertThat(sum(timeline, "recordedCalls")).isPositive();
  }

  @Test
  void a_part_of_the_log_has_the_events_that_a_list_with_the_same_bounds_has() {
    accelerated();
    String bounds = "from=40&to=90";

    JsonNode timeline = get(TIMELINE + "?buckets=5&" + bounds).expect(200).json();

    assertThat(sum(timeline, "events"))
        .isEqualTo(walk("/vsmmus/accelerated/events?" + bounds, 1000).size());
    assertThat(timeline.path("from").asLong()).isEqualTo(40);
    assertThat(timeline.path("to").asLong()).isEqualTo(90);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          buckets=0          | 400 | a whole number from 1 to 1000
          buckets=1000000000 | 400 | a whole number from 1 to 1000
          buckets=1001       | 400 | a whole number from 1 to 1000
          from=9&to=8        | 400 | not before from, which is 9
          from=999999999     | 404 | the log ends at position
          by=tim             | 400 | did you mean 'time'?
          """)
  void a_timeline_without_a_meaning_is_refused_with_what_is_required(
      String query, int status, String detail) {
    accelerated();

    assertThat(get(TIMELINE + "?" + query).expect(status).json().path("detail").asString())
        .contains(detail);
  }

  private static final String HISTORY = "/vsmmus/accelerated/streams/0x900/history";

  private List<JsonNode> configurations() {
    return walk(HISTORY, 100).stream()
        .filter(it -> it.path("type").asString().equals("StreamConfigured"))
        .toList();
  }

  private JsonNode life(String query) {
    return get(TIMELINE + "/streams?" + query)
        .expect(200)
        .json()
        .path("items")
        .valueStream()
        .filter(it -> it.path("sid").asString().equals("0x900"))
        .findFirst()
        .orElseThrow()
        .path("parts");
  }

  @Test
  void the_life_of_a_stream_has_each_of_its_configurations() {
    accelerated();

    JsonNode life = life("parts=1000");

    assertThat(life.valueStream().map(it -> it.path("position").asLong()))
        .isEqualTo(configurations().stream().map(it -> it.path("position").asLong()).toList());
    assertThat(life.valueStream().map(it -> it.path("effective").asString()))
        .isEqualTo(configurations().stream().map(it -> it.path("effective").asString()).toList());
  }

  @Test
  void a_part_of_a_life_begins_with_what_was_configured_before_it() {
    accelerated();
    List<JsonNode> all = configurations();
    long second = all.get(1).path("position").asLong();

    JsonNode life = life("from=" + (second - 1) + "&to=" + second);

    assertThat(life.valueStream().map(it -> it.path("position").asLong()))
        .containsExactly(all.get(0).path("position").asLong(), second);
  }

  @Test
  void more_configurations_than_parts_are_merged_and_end_as_the_last_one() {
    accelerated();
    List<JsonNode> all = configurations();
    JsonNode last = all.getLast();

    JsonNode life = life("parts=1");

    assertThat(life).hasSize(1);
    assertThat(life.get(0).path("position")).isEqualTo(all.getFirst().path("position"));
    assertThat(life.get(0).path("lastPosition")).isEqualTo(last.path("position"));
    assertThat(life.get(0).path("effective")).isEqualTo(last.path("effective"));
  }
}
