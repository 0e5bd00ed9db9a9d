package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The trace of a log, by the rules of the Trace Event Format. */
class TracesTest extends RestTest {

  private List<JsonNode> trace(String name) {
    JsonNode trace = get("/vsmmus/" + name + "/trace").expect(200).json();
    return trace.path("traceEvents").valueStream().toList();
  }

  private static List<JsonNode> phase(List<JsonNode> trace, String phase) {
    return trace.stream().filter(event -> event.path("ph").asString().equals(phase)).toList();
  }

  private static Map<Integer, String> rows(List<JsonNode> trace) {
    Map<Integer, String> rows = new HashMap<>();
    for (JsonNode event : phase(trace, "M")) {
      if (event.path("name").asString().equals("thread_name")) {
        rows.put(event.path("tid").asInt(), event.at("/args/name").asString());
      }
    }
    return rows;
  }

  @Test
  void every_event_of_the_log_is_in_the_trace_once_and_every_row_has_a_name() {
    accelerated();
    List<Long> positions =
        walk("/vsmmus/accelerated/events", 1000).stream()
            .map(event -> event.path("position").asLong())
            .toList();

    List<JsonNode> trace = trace("accelerated");

    List<Long> traced = new ArrayList<>();
    Set<Integer> used = new HashSet<>();
    for (JsonNode event : trace) {
      if (event.at("/args/position").isNumber()) {
        traced.add(event.at("/args/position").asLong());
      }
      if (!event.path("ph").asString().equals("M")) {
        used.add(event.path("tid").asInt());
      }
    }
    assertThat(traced).containsExactlyInAnyOrderElementsOf(positions);
    assertThat(rows(trace).keySet()).containsAll(used);
  }

  @Test
  void the_spans_of_a_row_do_not_overlap() {
    accelerated();
    emulated();
    for (String name : List.of("accelerated", "emulated")) {
      Map<Integer, List<JsonNode>> byRow = new HashMap<>();
      for (JsonNode span : phase(trace(name), "X")) {
        byRow.computeIfAbsent(span.path("tid").asInt(), _ -> new ArrayList<>()).add(span);
      }
      assertThat(byRow).isNotEmpty();
      for (List<JsonNode> spans : byRow.values()) {
        spans.sort(Comparator.comparingLong(span -> span.path("ts").asLong()));
        long free = Long.MIN_VALUE;
        for (JsonNode span : spans) {
          assertThat(span.path("ts").asLong()).as(span.toString()).isGreaterThanOrEqualTo(free);
          assertThat(span.path("dur").asLong()).isPositive();
          free = span.path("ts").asLong() + span.path("dur").asLong();
        }
      }
    }
  }

  @Test
  void an_arrow_begins_and_ends_within_a_span_of_its_row() {
    accelerated();
    List<JsonNode> trace = trace("accelerated");
    List<JsonNode> spans = phase(trace, "X");
    Map<String, JsonNode> ends = new HashMap<>();
    phase(trace, "f").forEach(end -> ends.put(arrow(end), end));

    List<JsonNode> begins = phase(trace, "s");

    assertThat(begins).hasSizeGreaterThan(100).hasSameSizeAs(ends.values());
    for (JsonNode begin : begins) {
      assertThat(ends).containsKey(arrow(begin));
      for (JsonNode point : List.of(begin, ends.get(arrow(begin)))) {
        assertThat(spans)
            .as(point.toString())
            .anyMatch(
                span ->
                    span.path("tid").asInt() == point.path("tid").asInt()
                        && span.path("ts").asLong() <= point.path("ts").asLong()
                        && point.path("ts").asLong()
                            < span.path("ts").asLong() + span.path("dur").asLong());
      }
    }
  }

  private static String arrow(JsonNode point) {
    return point.path("cat").asString() + point.path("id").asLong();
  }

  @Test
  void a_streams_row_shows_what_its_transactions_met() {
    accelerated();
    List<JsonNode> trace = trace("accelerated");
    Map<Integer, String> rows = rows(trace);
    List<JsonNode> history = walk("/vsmmus/accelerated/streams/0x900/history", 100);

    List<String> spans =
        phase(trace, "X").stream()
            .filter(span -> "stream 0x900".equals(rows.get(span.path("tid").asInt())))
            .map(span -> span.path("name").asString())
            .toList();

    assertThat(spans)
        .isEqualTo(
            history.stream()
                .map(item -> item.path("effective").asString(""))
                .filter(effective -> !effective.isEmpty())
                .toList())
        .contains("BYPASS", "TRANSLATE");
  }

  @Test
  void a_vsmmu_that_does_not_exist_has_no_trace() {
    assertThat(get("/vsmmus/no-such-log/trace").expect(404).json().toString()).contains("no-such");
  }
}
