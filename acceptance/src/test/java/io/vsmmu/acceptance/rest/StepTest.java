package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Steps through the bundled recording over REST. */
class StepTest extends RestTest {

  private static final String STEP = "/vsmmus/accelerated/step";

  private List<Long> visited(String unit) {
    List<Long> visited = new ArrayList<>();
    JsonNode step = get(STEP + "?from=0&unit=" + unit).expect(200).json();
    while (step.path("found").asBoolean()) {
      visited.add(step.path("position").asLong());
      String query = step.has("entry") ? "&entry=" + step.path("entry").asInt() : "";
      step =
          get(STEP + "?from=%d&unit=%s%s".formatted(visited.getLast(), unit, query))
              .expect(200)
              .json();
    }
    assertThat(step.path("searchedToEnd").asBoolean()).isTrue();
    return visited;
  }

  private List<Long> positions(String types) {
    return walk("/vsmmus/accelerated/events?type=" + types, 1000).stream()
        .map(event -> event.path("position").asLong())
        .toList();
  }

  @Test
  void steps_visit_every_change_of_a_stream_and_every_command_once() {
    accelerated();
    JsonNode commands = get("/vsmmus/accelerated/state").expect(200).json().path("commands");
    long count = commands.valueStream().mapToLong(JsonNode::asLong).sum();

    assertThat(visited("stream-change"))
        .isEqualTo(positions("StreamConfigured,DeviceAttached,DeviceDetached"));
    assertThat(visited("doorbell")).isEqualTo(positions("CommandsConsumed"));
    assertThat((long) visited("command").size()).isEqualTo(count);
  }

  @Test
  void a_step_back_returns() {
    accelerated();
    JsonNode next = get(STEP + "?from=60&unit=access").expect(200).json();
    JsonNode after =
        get(STEP + "?unit=access&from=" + next.path("position").asLong()).expect(200).json();

    JsonNode back =
        get(STEP + "?unit=access&to=previous&from=" + after.path("position").asLong())
            .expect(200)
            .json();

    assertThat(back.path("position")).isEqualTo(next.path("position"));
    assertThat(back.path("event")).isEqualTo(next.path("event"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                    | 400 | from is missing
          from=999999999        | 404 | the log ends at position
          from=5&unit=commnad   | 400 | did you mean 'command'?
          from=5&to=sideways    | 400 | one of [next, previous]
          from=5&entry=1        | 400 | unless unit is command
          """)
  void a_step_without_a_meaning_is_refused_with_what_is_required(
      String query, int status, String detail) {
    accelerated();

    assertThat(get(STEP + "?" + query).expect(status).json().path("detail").asString())
        .contains(detail);
  }

  @Test
  void a_command_that_the_slice_does_not_have_is_refused_instead_of_leaving_the_slice() {
    accelerated();
    long slice =
        get("/vsmmus/accelerated/events?type=CommandsConsumed&limit=1")
            .json()
            .at("/items/0/position")
            .asLong();
    int last = get("/vsmmus/accelerated/events/" + slice).json().at("/data/consumed").asInt() - 1;

    String beyond =
        get("%s?from=%d&unit=command&entry=%d".formatted(STEP, slice, last + 1))
            .problem(400, "invalid-field")
            .path("detail")
            .asString();
    get("%s?from=%d&unit=command&entry=%d".formatted(STEP, slice, last)).expect(200);
    String nowhere =
        get("%s?from=%d&unit=command&entry=0".formatted(STEP, slice - 1))
            .problem(400, "invalid-field")
            .path("detail")
            .asString();

    assertThat(beyond).contains("0 to %d".formatted(last), "position " + slice);
    assertThat(nowhere).contains("no command was consumed at position " + (slice - 1));
  }
}
