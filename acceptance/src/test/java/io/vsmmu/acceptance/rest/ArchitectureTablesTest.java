package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code GET /architecture}: the fields of registers and structures. */
class ArchitectureTablesTest extends RestTest {

  private static JsonNode field(JsonNode fields, String name) {
    return fields
        .valueStream()
        .filter(it -> it.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_fields_of_registers_stes_commands_and_records_are_those_of_the_specification() {
    JsonNode all = get("/architecture").expect(200).json();

    JsonNode config = field(all.path("ste"), "Config");
    assertThat(config.path("word").asInt()).isZero();
    assertThat(config.path("high").asInt()).isEqualTo(3);
    assertThat(config.path("low").asInt()).isEqualTo(1);
    assertThat(config.path("values").path("5").asString()).contains("stage 1 translates");
    assertThat(field(all.path("ste"), "S1ContextPtr").path("inPlace").asBoolean()).isTrue();

    JsonNode cons = all.path("registers").path("CMDQ_CONS");
    assertThat(cons.path("offset").asString()).isEqualTo("0x9c");
    assertThat(field(cons.path("fields"), "ERR").path("values").path("1").asString())
        .startsWith("CERROR_ILL:");
    assertThat(field(all.path("commands").path("TLBI_NH_VA"), "ASID").path("high").asInt())
        .isEqualTo(63);
    assertThat(field(all.path("records").path("F_TRANSLATION"), "InputAddr").path("word").asInt())
        .isEqualTo(2);
    assertThat(field(all.path("cd"), "TTB0").path("word").asInt()).isEqualTo(1);
  }

  @Test
  void every_register_that_the_state_shows_has_its_fields() {
    accelerated();
    JsonNode state = get("/vsmmus/accelerated/state").expect(200).json();

    assertThat(get("/architecture").expect(200).json().path("registers").propertyNames())
        .containsExactlyElementsOf(state.path("registers").propertyNames());
  }
}
