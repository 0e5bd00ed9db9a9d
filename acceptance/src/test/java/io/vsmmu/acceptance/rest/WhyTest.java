package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Why something is as it is, asked of the bundled recording over REST. */
class WhyTest extends RestTest {

  private static final String WHY = "/vsmmus/accelerated/why";

  /** The position at which the recorded guest's NIC is translated for the first time. */
  private long translated() {
    accelerated();
    return get("/vsmmus/accelerated/streams/0x900/history")
        .expect(200)
        .json()
        .path("items")
        .valueStream()
        .filter(change -> change.path("configuration").asString("").equals("TRANSLATE"))
        .mapToLong(change -> change.path("position").asLong())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonNode answer, String kind) {
    return answer
        .at("/chain/steps")
        .valueStream()
        .filter(step -> step.path("kind").asString().equals(kind))
        .map(step -> step.path("text").asString())
        .toList();
  }

  @Test
  void a_configuration_names_its_command_its_doorbell_and_the_hosts_calls_with_their_answers() {
    long position = translated();

    JsonNode why = get(WHY + "?position=" + position).expect(200).json();

    assertThat(texts(why, "ACCESS")).singleElement().asString().contains("0x15 to CMDQ_PROD");
    assertThat(texts(why, "COMMAND")).first().asString().startsWith("CFGI_STE StreamID=0x900");
    assertThat(texts(why, "DECISION"))
        .singleElement()
        .asString()
        .contains("StreamID 0x900", "BYPASS -> TRANSLATE", "0x406e500b");
    assertThat(texts(why, "HOST_CALL")).anyMatch(call -> call.startsWith("ALLOC_HWPT"));
    assertThat(texts(why, "HOST_CALL")).allMatch(call -> call.contains("errno 0"));
    assertThat(texts(why, "RECORDED_CALL"))
        .anyMatch(
            call -> call.startsWith("iommufd_backend_alloc_hwpt") && call.contains("result 0"))
        .anyMatch(call -> call.contains("Successfully attached device 0000:00:03.0"));
    assertThat(texts(why, "GUEST_SEES")).anyMatch(text -> text.contains("CMDQ_CONS"));
    assertThat(why.at("/chain/doorbell").asLong()).isEqualTo(why.at("/chain/root").asLong());
    assertThat(why.at("/chain/notes").toString()).contains("simulated host", "no times");
  }

  @Test
  void a_value_of_a_stream_was_set_by_the_event_that_configured_it() {
    long position = translated();
    String path = "&path=streams%5B%220x900%22%5D.ste%5B0%5D";

    JsonNode at = get(WHY + "?position=" + position + path).expect(200).json();
    JsonNode later = get(WHY + "?position=" + (position + 20) + path).expect(200).json();
    JsonNode before = get(WHY + "?position=" + (position - 1) + path).expect(200).json();

    assertThat(at.at("/value/setAt").asLong()).isEqualTo(position);
    assertThat(at.at("/value/value").asString()).isEqualTo("0x406e500b");
    assertThat(at.at("/value/before").asString()).isNotEqualTo("0x406e500b");
    assertThat(texts(at, "COMMAND")).first().asString().startsWith("CFGI_STE StreamID=0x900");
    assertThat(later.at("/value/setAt").asLong()).isEqualTo(position);
    assertThat(before.at("/value/setAt").asLong()).isLessThan(position);
  }

  @Test
  void a_value_that_no_event_set_is_said_to_be_so_from_the_beginning() {
    accelerated();

    JsonNode why = get(WHY + "?path=registers.GERRORN").expect(200).json();

    assertThat(why.at("/value/value").asString()).isEqualTo("0x0");
    assertThat(why.at("/value/setAt").isNull()).isTrue();
    assertThat(why.has("chain")).isFalse();
  }

  @Test
  void an_address_has_its_stream_its_last_invalidation_and_the_sync_that_completed_it() {
    accelerated();
    JsonNode some =
        walk("/vsmmus/accelerated/invalidations", 100).stream()
            .filter(it -> it.at("/command/name").asString().equals("TLBI_NH_VA"))
            .filter(it -> it.at("/command/fields/Address").isString())
            .findFirst()
            .orElseThrow();
    String address = some.at("/command/fields/Address").asString();

    JsonNode why = get(WHY + "?iova=%s&sid=0x900".formatted(address)).expect(200).json();

    JsonNode found = why.path("address");
    assertThat(found.at("/streams/0/effective").asString()).isNotBlank();
    assertThat(found.at("/tlb/command/position").asLong())
        .isGreaterThanOrEqualTo(some.path("position").asLong());
    assertThat(found.at("/tlb/sync/text").asString()).startsWith("CMD_SYNC");
    assertThat(found.path("notes").toString()).contains("translation tables");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          position=999999999       | 404 | the log ends at position
          position=0               | 404 | of which the nearest
          position=-1              | 400 | a whole number from 0
          ''                       | 400 | position is missing
          sid=0x900&position=5     | 400 | iova is missing
          iova=0x1000&path=x       | 400 | two questions
          position=60&path=stream  | 400 | did you mean 'streams'?
          position=60&path=streams%5B | 400 | at character
          position=999999999&path=streams | 404 | the log ends at position
          iova=banana              | 400 | an unsigned number of 64 bits
          iova=0x1000&asid=0x10000 | 400 | an unsigned number of 16 bits
          psition=5                | 400 | did you mean 'position'?
          """)
  void a_question_without_a_meaning_is_refused_with_what_is_required(
      String query, int status, String detail) {
    accelerated();

    assertThat(get(WHY + "?" + query).expect(status).json().path("detail").asString())
        .contains(detail);
  }

  @Test
  void an_event_of_another_vsmmu_is_answered_with_the_nearest_ones() {
    accelerated();
    String other = created("vm");
    long position = get("/vsmmus/" + other).json().path("position").asLong();

    JsonNode problem = get(WHY + "?position=" + position).expect(404).json();

    assertThat(problem.path("detail").asString()).contains("of which the nearest: ");
  }
}
