package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.wire.EventKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Rows of the list of events by their place in the log. */
class EventRowsTest extends RestTest {

  private static final String EVENTS = "/vsmmus/accelerated/events";

  private List<Long> all() {
    accelerated();
    return positions(walk(EVENTS, 1000));
  }

  private static List<Long> positions(List<JsonNode> items) {
    return items.stream().map(item -> item.path("position").asLong()).toList();
  }

  private static List<Long> positions(JsonNode page) {
    return positions(page.path("items").valueStream().toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40})
  void the_rows_around_an_event_are_those_before_and_behind_it(int limit) {
    List<Long> all = all();
    for (int index : new int[] {0, 1, all.size() / 2, all.size() - 1}) {
      JsonNode page =
          get(EVENTS + "?around=%d&limit=%d".formatted(all.get(index), limit)).expect(200).json();

      List<Long> rows = positions(page);
      int first = all.indexOf(rows.getFirst());
      assertThat(rows).hasSize(limit).isEqualTo(all.subList(first, first + limit));
      assertThat(rows).contains(all.get(index));
      assertThat(page.path("at").asLong()).isEqualTo(all.get(index));
    }
  }

  @Test
  void previous_and_next_lead_through_the_whole_list_from_the_middle() {
    List<Long> all = all();
    JsonNode page = get(EVENTS + "?fraction=0.5&limit=50").expect(200).json();
    int first = all.indexOf(positions(page).getFirst());
    int last = all.indexOf(positions(page).getLast());

    int before = first;
    JsonNode earlier = page;
    while (!earlier.path("previous").isNull()) {
      earlier =
          get(EVENTS + "?limit=50&before=" + earlier.path("previous").asLong()).expect(200).json();
      assertThat(positions(earlier)).isEqualTo(all.subList(Math.max(0, before - 50), before));
      before -= positions(earlier).size();
    }
    int behind = last + 1;
    JsonNode later = page;
    while (!later.path("next").isNull()) {
      later = get(EVENTS + "?limit=50&after=" + later.path("next").asLong()).expect(200).json();
      assertThat(positions(later))
          .isEqualTo(all.subList(behind, Math.min(all.size(), behind + 50)));
      behind += positions(later).size();
    }

    assertThat(before).isZero();
    assertThat(behind).isEqualTo(all.size());
    JsonNode second = get(EVENTS + "?limit=50&after=" + all.get(49)).expect(200).json();
    assertThat(second.path("previous").asLong()).isEqualTo(all.get(50));
  }

  @Test
  void the_fractions_0_and_1_are_the_first_and_the_newest_event() {
    List<Long> all = all();

    assertThat(get(EVENTS + "?fraction=0&limit=3").expect(200).json().path("at").asLong())
        .isEqualTo(all.getFirst());
    assertThat(get(EVENTS + "?fraction=1&limit=3").expect(200).json().path("at").asLong())
        .isEqualTo(all.getLast());
  }

  @Test
  void filters_hold_for_the_rows_around_a_position_too() {
    List<Long> all = all();
    List<Long> configured = positions(walk(EVENTS + "?type=StreamConfigured", 1000));

    JsonNode page =
        get(EVENTS + "?type=StreamConfigured&limit=4&around=" + all.get(all.size() / 2))
            .expect(200)
            .json();

    assertThat(configured).containsSequence(positions(page));
    assertThat(positions(page)).hasSize(Math.min(4, configured.size()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          around=999999999    | 404 | the log ends at position
          around=5&after=3    | 400 | one of them at most
          fraction=1.5        | 400 | a number from 0 to 1
          fraction=nan        | 400 | a number from 0 to 1
          before=-4           | 400 | a whole number from 0
          around=5&limit=0    | 400 | a whole number from 1 to 1000
          """)
  void a_place_without_a_meaning_is_refused_with_what_is_required(
      String query, int status, String detail) {
    accelerated();

    assertThat(get(EVENTS + "?" + query).expect(status).json().path("detail").asString())
        .contains(detail);
  }

  @Test
  void each_row_says_in_a_sentence_what_the_event_did() {
    accelerated();
    long translates =
        post(
                "/vsmmus/accelerated/find",
                "{\"expression\":\"streams['0x900'].configuration == 'TRANSLATE'\"}")
            .expect(200)
            .json()
            .at("/hits/0/position")
            .asLong();
    JsonNode rows =
        get(EVENTS + "?around=%d&limit=5".formatted(translates)).expect(200).json().path("items");

    assertThat(rows.valueStream().map(row -> row.path("text").asString()))
        .containsExactly(
            "the guest reads 0x13 from CMDQ_CONS",
            "CFGI_STE StreamID=0x900, CMD_SYNC",
            "StreamID 0x900: TRANSLATE, because of CFGI_STE",
            "ALLOC_HWPT, ATTACH done; CMDQ_CONS moves to index 0x15",
            "iommufd_backend_alloc_hwpt, iommufd_cdev_pasid_attach_ioas_hwpt"
                + " called by the recorded VMM");
    assertThat(walk(EVENTS, 1000))
        .allSatisfy(row -> assertThat(row.path("text").asString()).isNotBlank());
  }

  @Test
  void the_console_has_a_word_for_every_type_of_event() throws IOException {
    try (InputStream in =
        EventRowsTest.class.getResourceAsStream(
            "/META-INF/resources/console/core/event-types.js")) {
      String types = new String(in.readAllBytes(), StandardCharsets.UTF_8);

      assertThat(EventKind.values())
          .allSatisfy(kind -> assertThat(types).contains("  " + kind.label() + ": ["));
    }
  }
}
