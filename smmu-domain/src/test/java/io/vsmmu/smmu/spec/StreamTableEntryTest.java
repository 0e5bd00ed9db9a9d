package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.StreamTableEntry.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamTableEntryTest {

  /** As Linux installs it for a device with one CD. */
  private static final StreamTableEntry STAGE1 = StreamTableEntry.ofTwoWords(0x406e500bL, 0xd6L);

  @Test
  void a_linux_stage_1_entry_decodes_to_its_fields() {
    assertThat(STAGE1.valid()).isTrue();
    assertThat(STAGE1.configBits()).isEqualTo(0b101);
    assertThat(STAGE1.config()).isEqualTo(Config.STAGE1);
    assertThat(STAGE1.s1Fmt()).isZero();
    assertThat(STAGE1.s1ContextPtr()).isEqualTo(0x406e5000L);
    assertThat(STAGE1.decoded())
        .containsEntry("S1ContextPtr", 0x101b940L)
        .containsEntry("S1CIR", 1L)
        .containsEntry("S1COR", 1L);
    assertThat(STAGE1.s1CdMax()).isZero();
    assertThat(STAGE1.s1Dss()).isEqualTo(0b10);
    assertThat(STAGE1.s1Csh()).isEqualTo(0b11);
    assertThat(STAGE1.eats()).isZero();
    assertThat(STAGE1.s1StallD()).isFalse();
    assertThat(STAGE1.hostWord0()).isEqualTo(0x406e500bL);
    assertThat(STAGE1.hostWord1()).isEqualTo(0xd6L);
  }

  @ParameterizedTest
  @CsvSource({
    "0, ABORT",
    "1, ABORT",
    "2, ABORT",
    "3, ABORT",
    "4, BYPASS",
    "5, STAGE1",
    "6, STAGE2",
    "7, NESTED"
  })
  void config_has_eight_encodings_and_the_reserved_ones_abort(int bits, Config meaning) {
    StreamTableEntry entry = StreamTableEntry.ofTwoWords(1L | (long) bits << 1, 0);

    assertThat(entry.config()).isEqualTo(meaning);
    assertThat(entry.configBits()).isEqualTo(bits);
  }

  @Test
  void stage_predicates_follow_config() {
    assertThat(Config.values())
        .filteredOn(Config::stage1)
        .containsExactly(Config.STAGE1, Config.NESTED);
    assertThat(Config.values())
        .filteredOn(Config::stage2)
        .containsExactly(Config.STAGE2, Config.NESTED);
  }

  @Test
  void the_host_gets_only_the_bits_a_nested_hwpt_accepts() {
    StreamTableEntry ones = StreamTableEntry.of(-1, -1, -1, -1, -1, -1, -1, -1);

    assertThat(ones.hostWord0()).isEqualTo(0xf80fffffffffffffL);
    assertThat(ones.hostWord1()).isEqualTo(0x00000000380000ffL);
  }

  @Test
  void attribute_overrides_are_read_from_word_1() {
    StreamTableEntry entry = StreamTableEntry.ofTwoWords(9, 0x000e_203d_b008_0000L);

    assertThat(entry.memAttr()).isEqualTo(0xd);
    assertThat(entry.mtCfg()).isTrue();
    assertThat(entry.allocCfg()).isEqualTo(1);
    assertThat(entry.shCfg()).isEqualTo(0b10);
    assertThat(entry.privCfg()).isEqualTo(0b10);
    assertThat(entry.instCfg()).isEqualTo(0b11);
    assertThat(entry.strw()).isEqualTo(0b10);
    assertThat(entry.eats()).isEqualTo(0b11);
    assertThat(entry.decoded()).containsEntry("MEV", 1L);
    assertThat(entry.hostWord1()).isEqualTo(0x3000_0000L);
  }

  @Test
  void stage_2_fields_are_read_from_words_2_and_3() {
    StreamTableEntry entry =
        StreamTableEntry.of(0xd, 0, 0x0008_0000_0000_1234L, 0x0000_0001_2345_6780L, 0, 0, 0, 0);

    assertThat(entry.config()).isEqualTo(Config.STAGE2);
    assertThat(entry.decoded())
        .containsEntry("S2VMID", 0x1234L)
        .containsEntry("S2TTB", 0x1_2345_6780L >> 4);
  }

  @Test
  void entries_with_equal_words_are_equal() {
    assertThat(STAGE1).isEqualTo(StreamTableEntry.of(0x406e500bL, 0xd6L, 0, 0, 0, 0, 0, 0));
    assertThat(STAGE1).isNotEqualTo(StreamTableEntry.of(0x406e500bL, 0xd6L, 0, 0, 0, 0, 0, 1));
  }

  @Test
  void a_diff_names_the_field_that_changed_with_both_values() {
    StreamTableEntry bypass = StreamTableEntry.ofTwoWords(0x406e5009L, 0xd6L);

    assertThat(STAGE1.diff(bypass))
        .singleElement()
        .hasToString("Difference[name=Config, before=5, after=4]");
  }
}
