package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.stimulus.Completeness;
import org.junit.jupiter.api.Test;

class SteViewTest {

  @Test
  void only_what_is_known_of_an_entry_is_shown() {
    assertThat(SteView.words(LogScript.TRANSLATE_STE, Completeness.FULL)).hasSize(8);
    assertThat(SteView.words(LogScript.TRANSLATE_STE, Completeness.HOST_WORDS))
        .containsExactly("0x10000000b", "0x2a");
    assertThat(SteView.words(LogScript.TRANSLATE_STE, Completeness.NOTHING)).isEmpty();
    assertThat(SteView.decoded(LogScript.TRANSLATE_STE, Completeness.CONFIGURATION_ONLY))
        .containsOnlyKeys("V", "Config")
        .containsEntry("Config", 5L);
    assertThat(SteView.decoded(LogScript.TRANSLATE_STE, Completeness.HOST_WORDS))
        .containsEntry("S1ContextPtr", "0x100000000")
        .doesNotContainKeys("MemAttr", "S2VMID");
  }

  @Test
  void fields_that_are_not_known_of_both_are_no_change() {
    assertThat(
            SteView.changes(
                LogScript.BYPASS_STE,
                Completeness.CONFIGURATION_ONLY,
                LogScript.TRANSLATE_STE,
                Completeness.FULL))
        .extracting(change -> change.get("field"))
        .containsExactly("Config");
    assertThat(
            SteView.changes(
                LogScript.BYPASS_STE,
                Completeness.NOTHING,
                LogScript.TRANSLATE_STE,
                Completeness.FULL))
        .isEmpty();
  }
}
