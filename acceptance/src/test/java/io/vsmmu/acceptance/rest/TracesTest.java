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

  /** A span of a row: an X, or a B with its E. */
  private record Span(int row, String name, long from, long to) {}

  /**
   * Reads a trace by the rules of its format: what a row has is in the order of its times, and an E
   * ends the B before it.
   */
  private static List<Span> spans(List<JsonNode> trace) {
    List<Span> spans = new ArrayList<>();
    Map<Integer, JsonNode> open = new HashMap<>();
    Map<Integer, Long> clocks = new HashMap<>();
    for (JsonNode event : trace) {
      int row = event.path("tid").asInt();
      long time = event.path("ts").asLong();
      String phase = event.path("ph").asString();
      if (phase.equals("M")) {
        continue;
      }
      assertThat(time).as(event.toString()).isGreaterThanOrEqualTo(clocks.getOrDefault(row, 0L));
      clocks.put(row, time);
      switch (phase) {
        case "X" ->
            spans.add(
                new Span(
                    row, event.path("name").asString(), time, time + event.path("dur").asLong()));
        case "B" -> assertThat(open.put(row, event)).as(event.toString()).isNull();
        case "E" -> {
          JsonNode begin = open.remove(row);
          assertThat(begin).as(event.toString()).isNotNull();
          assertThat(event.path("name").asString()).isEqualTo(begin.path("name").asString());
          spans.add(new Span(row, begin.path("name").asString(), begin.path("ts").asLong(), time));
        }
        default -> assertThat(phase).isIn("i", "s", "f", "b", "e");
      }
    }
    assertThat(open).isEmpty();
    return spans;
  }

  @Test
  void the_spans_of_a_row_do_not_overlap() {
    accelerated();
    emulated();
    for (String name : List.of("accelerated", "emulated")) {
      Map<Integer, Long> free = new HashMap<>();
      List<Span> spans = spans(trace(name));
      assertThat(spans).isNotEmpty();
      for (Span span : spans) {
        assertThat(span.from())
            .as("%s", span)
            .isGreaterThanOrEqualTo(free.getOrDefault(span.row(), 0L));
        assertThat(span.to()).as("%s", span).isGreaterThan(span.from());
        free.put(span.row(), span.to());
      }
    }
  }

  /**
   * Binds arrows as Perfetto does (flow_tracker.cc): in the order of the times, and of the file
   * where they are equal, each end is bound to the span of its row that is open at that moment.
   */
  @Test
  void an_arrow_leads_from_a_doorbell_to_what_followed_from_it() {
    accelerated();
    List<JsonNode> trace = trace("accelerated");
    List<JsonNode> ordered = new ArrayList<>(trace);
    ordered.sort(Comparator.comparingLong(event -> event.path("ts").asLong()));
    Map<Integer, String> rows = rows(trace);
    Map<Integer, JsonNode> open = new HashMap<>();
    Map<String, JsonNode> begun = new HashMap<>();
    int ended = 0;
    for (JsonNode event : ordered) {
      int row = event.path("tid").asInt();
      switch (event.path("ph").asString()) {
        case "B", "X" -> open.put(row, event);
        case "E" -> open.remove(row);
        case "s" -> {
          assertThat(rows.get(row)).isEqualTo("command queue");
          assertThat(begun.put(arrow(event), open.get(row))).as(event.toString()).isNull();
        }
        case "f" -> {
          JsonNode from = begun.remove(arrow(event));
          JsonNode to = open.get(row);
          assertThat(from).as(event.toString()).isNotNull();
          assertThat(to).as(event.toString()).isNotNull();
          assertThat(event.path("bp").asString()).isEqualTo("e");
          // A stream's configuration names its doorbell; the host's outcome names the decision.
          long doorbell = from.at("/args/position").asLong();
          assertThat(to.at("/args/cause").asLong(doorbell))
              .as(event.toString())
              .isEqualTo(doorbell);
          assertThat(to.at("/args/position").asLong()).isGreaterThan(doorbell);
          ended++;
        }
        default -> {}
      }
    }
    assertThat(begun).isEmpty();
    assertThat(ended).isGreaterThan(100);
  }

  @Test
  void a_cause_is_the_position_of_an_event_as_everywhere() {
    accelerated();
    Map<Long, JsonNode> causes = new HashMap<>();
    walk("/vsmmus/accelerated/events", 1000)
        .forEach(event -> causes.put(event.path("position").asLong(), event.at("/cause/position")));

    List<JsonNode> caused =
        trace("accelerated").stream().filter(event -> event.at("/args/cause").isNumber()).toList();

    assertThat(caused).isNotEmpty();
    for (JsonNode event : caused) {
      assertThat(event.at("/args/cause"))
          .isEqualTo(causes.get(event.at("/args/position").asLong()));
    }
  }

  private static String arrow(JsonNode point) {
    return point.path("cat").asString() + point.path("name").asString() + point.path("id").asLong();
  }

  @Test
  void a_streams_row_shows_what_its_transactions_met() {
    accelerated();
    List<JsonNode> trace = trace("accelerated");
    Map<Integer, String> rows = rows(trace);
    List<JsonNode> history = walk("/vsmmus/accelerated/streams/0x900/history", 100);

    List<String> spans =
        spans(trace).stream()
            .filter(span -> "stream 0x900".equals(rows.get(span.row())))
            .map(Span::name)
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
