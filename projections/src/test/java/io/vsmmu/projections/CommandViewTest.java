package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.model.TranslationScope;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class CommandViewTest {

  private static final CommandEntry TLBI = LogScript.tlbi(7, 0x1234_5000L).encode();

  @Test
  void a_known_command_has_its_words_and_every_field() {
    Map<String, Object> view = CommandView.of(3, TLBI, CommandView.knownBits(List.of(), 3));

    assertThat(view).containsEntry("name", "TLBI_NH_VA").containsEntry("index", 3);
    assertThat((Map<?, ?>) view.get("fields"))
        .extracting(fields -> fields.get("Address"), fields -> fields.get("ASID"))
        .containsExactly("0x12345000", 7L);
    assertThat(view).containsKey("words").doesNotContainKey("unknown");
  }

  @Test
  void unknown_bits_are_left_out_and_named() {
    CommandEntry known = new CommandEntry(CommandFields.OPCODE.mask(), -1L);

    Map<String, Object> view = CommandView.of(0, TLBI, known);

    assertThat(view.get("unknown"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly("NUM", "SCALE", "VMID", "ASID");
    assertThat(((Map<?, ?>) view.get("fields")).containsKey("ASID")).isFalse();
    assertThat(view).doesNotContainKey("words");
    // A command with an unknown opcode may apply to every address space.
    TranslationScope reach = TranslationScope.of(TLBI, known).orElseThrow();
    assertThat(reach.containsAsid(8)).isTrue();
    assertThat(reach.addresses()).isEqualTo(AddressRange.ALL);
  }

  @Test
  void a_command_with_an_unknown_opcode_can_be_any() {
    Map<String, Object> view = CommandView.of(0, TLBI, new CommandEntry(0, 0));

    assertThat(view).containsEntry("name", "NOT_TOLD");
    assertThat(TranslationScope.of(TLBI, new CommandEntry(0, 0)))
        .contains(TranslationScope.ANYTHING);
  }
}
