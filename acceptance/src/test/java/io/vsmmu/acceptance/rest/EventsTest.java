package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EventsTest extends RestTest {

  private static final String EVENTS = "/vsmmus/accelerated/events";

  @ParameterizedTest
  @ValueSource(ints = {7, 100, 1000})
  void pages_of_any_size_hold_every_event_once_and_in_order(int limit) {
    accelerated();

    List<JsonNode> events = walk(EVENTS, limit);

    assertThat(events).hasSize(accelerated().at("/vsmmus/0/events").asInt());
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).path("sequence").asLong()).isEqualTo(i);
    }
    assertThat(events)
        .isSortedAccordingTo(java.util.Comparator.comparingLong(e -> e.path("position").asLong()));
  }

  @Test
  void an_event_has_the_shape_of_the_contract() {
    accelerated();

    JsonNode event = walk(EVENTS + "?type=StreamConfigured", 1).get(1);

    assertThat(event.propertyNames())
        .containsExactly(
            "position", "sequence", "time", "type", "cause", "subject", "text", "data");
    assertThat(event.at("/cause/position").asLong()).isPositive();
    assertThat(event.at("/data/sid").asString()).startsWith("0x");
    JsonNode alone = get(EVENTS + "/" + event.path("position").asLong()).expect(200).json();
    assertThat(alone.path("type")).isEqualTo(event.path("type"));
    assertThat(alone.path("cause")).isEqualTo(event.path("cause"));
  }

  @Test
  void filters_restrict_by_type_place_stream_asid_and_address() {
    accelerated();
    List<JsonNode> all = walk(EVENTS, 1000);

    assertThat(walk(EVENTS + "?type=RegisterWritten", 50)).isEqualTo(typed(all, "RegisterWritten"));
    assertThat(walk(EVENTS + "?type=RegisterWritten,StreamConfigured", 50))
        .hasSize(typed(all, "RegisterWritten").size() + typed(all, "StreamConfigured").size());
    long from = all.get(100).path("position").asLong();
    long to = all.get(109).path("position").asLong();
    assertThat(walk(EVENTS + "?from=%d&to=%d".formatted(from, to), 3))
        .isEqualTo(all.subList(100, 110));
    String first = all.getFirst().path("time").asString();
    assertThat(walk(EVENTS + "?from=" + first, 1000)).hasSameSizeAs(all);
    assertThat(walk(EVENTS + "?to=1999-01-01T00:00:00Z", 1000)).isEmpty();
    assertThat(walk(EVENTS + "?sid=0x900", 1000)).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(walk(EVENTS + "?sid=2304", 1000)).isEqualTo(walk(EVENTS + "?sid=0x900", 1000));
    assertThat(walk(EVENTS + "?sid=0x12345", 1000))
        .allSatisfy(e -> assertThat(e.path("type").asString()).isNotEqualTo("StreamConfigured"));
  }

  @Test
  void invalidations_are_found_by_what_they_could_touch() {
    accelerated();
    List<JsonNode> all = walk("/vsmmus/accelerated/invalidations", 100);
    JsonNode some =
        all.stream()
            .filter(it -> it.at("/command/name").asString().equals("TLBI_NH_VA"))
            .filter(it -> it.at("/command/fields/Address").isString())
            .findFirst()
            .orElseThrow();
    String address = some.at("/command/fields/Address").asString();

    List<JsonNode> found =
        walk("/vsmmus/accelerated/invalidations?va=%s&size=4096".formatted(address), 100);

    assertThat(found).contains(some).hasSizeLessThan(all.size());
    assertThat(all).hasSizeGreaterThan(310);
  }

  @Test
  void causes_lead_back_to_the_guests_access_and_its_effects_forward() {
    accelerated();
    JsonNode configured =
        walk(EVENTS + "?type=StreamConfigured&sid=0x900", 1000).stream()
            .filter(e -> e.at("/data/reason").asString().equals("CFGI_STE"))
            .findFirst()
            .orElseThrow();
    long position = configured.path("position").asLong();

    List<JsonNode> causes =
        get(EVENTS + "/" + position + "/causes")
            .expect(200)
            .json()
            .path("items")
            .valueStream()
            .toList();

    assertThat(causes).isNotEmpty();
    assertThat(causes.getFirst().path("position").asLong())
        .isEqualTo(configured.at("/cause/position").asLong());
    assertThat(causes.getFirst().path("type").asString()).isEqualTo("CommandsConsumed");
    assertThat(causes.getLast().path("cause").isNull()).isTrue();
    List<Long> effects = new ArrayList<>();
    get(EVENTS + "/" + causes.getLast().path("position").asLong() + "/effects")
        .expect(200)
        .json()
        .path("items")
        .forEach(effect -> effects.add(effect.path("position").asLong()));
    assertThat(effects).contains(position).isSorted();
  }

  @Test
  void an_event_of_another_vsmmu_is_not_found() {
    accelerated();
    String other = created("vm");
    long position = get("/vsmmus/" + other).json().path("position").asLong();

    get(EVENTS + "/" + position).problem(404, "not-in-log");
    get(EVENTS + "/" + position + "/causes").problem(404, "not-in-log");
    get(EVENTS + "/" + position + "/effects").problem(404, "not-in-log");
  }

  @Test
  void a_query_sees_what_was_written_before_it() {
    String name = created("vm");
    for (int round = 0; round < 20; round++) {
      post("/vsmmus/" + name + ":reset").expect(200);
      List<JsonNode> resets = walk("/vsmmus/" + name + "/events?type=VsmmuReset", 1000);
      assertThat(resets).hasSize(round + 1);
    }
  }

  @Test
  void a_state_at_an_instant_is_the_state_after_the_last_event_up_to_then() {
    String name = created("vm");
    post("/vsmmus/" + name + ":pause").expect(200);
    List<JsonNode> events = walk("/vsmmus/" + name + "/events", 10);
    String first = events.getFirst().path("time").asString();

    JsonNode then = get("/vsmmus/" + name + "/state?at=" + first).expect(200).json();

    assertThat(then.path("position")).isEqualTo(events.getFirst().path("position"));
    assertThat(then.path("lifecycle").asString()).isEqualTo("RUNNING");
    JsonNode now = get("/vsmmus/" + name + "/state?at=9000-01-01T00:00:00Z").expect(200).json();
    assertThat(now.path("lifecycle").asString()).isEqualTo("PAUSED");
    get("/vsmmus/" + name + "/state?at=1990-01-01T00:00:00%2B02:00").problem(404, "not-in-log");
  }

  @Test
  void host_objects_are_listed_with_their_lives() {
    accelerated();

    List<JsonNode> objects = walk("/vsmmus/accelerated/objects", 2);

    assertThat(objects).extracting(o -> o.path("kind").asString()).contains("VDEVICE", "VIOMMU");
    JsonNode nested =
        objects.stream()
            .filter(o -> o.path("kind").asString().equals("NESTED_HWPT"))
            .findFirst()
            .orElseThrow();
    long from = nested.path("from").asLong();
    assertThat(get("/vsmmus/accelerated/hwpts?at=" + from).json().path("items").valueStream())
        .contains(nested);
    assertThat(get("/vsmmus/accelerated/hwpts?at=" + (from - 1)).json().path("items").valueStream())
        .doesNotContain(nested);
    assertThat(get("/vsmmus/accelerated/failures").expect(200).json().path("items").isEmpty())
        .isTrue();
  }

  private static List<JsonNode> typed(List<JsonNode> events, String type) {
    return events.stream().filter(e -> e.path("type").asString().equals(type)).toList();
  }
}
