package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FieldMeaningsTest {

  @Test
  void config_of_an_ste_says_which_stages_translate() {
    assertThat(FieldMeanings.of(SteFields.CONFIG))
        .containsEntry(0b000, "abort, no event is recorded")
        .containsEntry(0b100, "bypass both stages")
        .containsEntry(0b101, "stage 1 translates, stage 2 is bypassed")
        .hasSize(8);
  }

  @Test
  void every_error_opcode_and_record_type_has_its_name() {
    assertThat(FieldMeanings.of(TableFields.CMDQ_CONS_ERR)).containsEntry(0, "CERROR_NONE");
    assertThat(FieldMeanings.of(CommandFields.OPCODE)).hasSize(CommandOpcode.values().length);
    assertThat(FieldMeanings.of(EventFields.TYPE.bits())).containsEntry(0x10, "F_TRANSLATION");
  }

  @Test
  void a_number_has_no_meanings() {
    assertThat(FieldMeanings.of(SteFields.S1CONTEXTPTR)).isEmpty();
  }

  /** The meanings are found by name and position: two structures may not share both by chance. */
  @Test
  void fields_with_the_same_name_and_place_and_meanings_are_the_same_field() {
    Map<Bits, String> owners = new HashMap<>();
    Stream.of(Register.values())
        .map(Register::fields)
        .distinct()
        .flatMap(table -> table.fields().stream())
        .forEach(field -> owners.putIfAbsent(field.bits(), "register"));
    Stream.of(Map.entry("STE", SteFields.TABLE), Map.entry("CD", CdFields.TABLE))
        .forEach(
            table ->
                table.getValue().fields().stream()
                    .map(FieldTable.Field::bits)
                    .filter(bits -> !FieldMeanings.of(bits).isEmpty())
                    .forEach(
                        bits ->
                            assertThat(owners.putIfAbsent(bits, table.getKey()))
                                .as("%s of %s", bits, table.getKey())
                                .isNull()));
    Stream.of(CommandOpcode.values())
        .map(CommandOpcode::fields)
        .map(FieldTable::fields)
        .flatMap(Collection::stream)
        .map(FieldTable.Field::bits)
        .filter(bits -> !FieldMeanings.of(bits).isEmpty())
        .forEach(bits -> assertThat(owners).as("a command's %s", bits).doesNotContainKey(bits));
  }
}
