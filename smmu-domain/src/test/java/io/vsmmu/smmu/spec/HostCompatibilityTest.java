package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a host can back what a vSMMU shows. */
class HostCompatibilityTest {

  /** A physical SMMU with everything that a vSMMU may show: 48-bit OAS, all granules, RIL, ATS. */
  private static final IdRegisters HOST =
      IdRegisters.DEFAULT
          .withAts(true)
          .withOasBits(48)
          .withSsidSize(20)
          .with(IdField.SIDSIZE, 32)
          .with(IdField.CD2L, 1)
          .with(IdField.HTTU, 2);

  private static List<HostDifference> compare(IdField field, int shown, int host) {
    return HostCompatibility.compare(HOST.with(field, shown), HOST.with(field, host));
  }

  @Test
  void equal_registers_match() {
    assertThat(HostCompatibility.compare(HOST, HOST)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = IdField.class,
      names = {
        "ST_LEVEL",
        "RIL",
        "ATS",
        "GRAN4K",
        "GRAN16K",
        "GRAN64K",
        "ASID16",
        "COHACC",
        "HAD",
        "CD2L",
        "DS",
        "VAX"
      })
  void feature_may_be_hidden_but_not_invented(IdField field) {
    assertThat(compare(field, 0, 1)).isEmpty();
    assertThat(compare(field, 1, 1)).isEmpty();
    assertThat(compare(field, 1, 0))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.name()).isEqualTo(field.fullName());
              assertThat(difference.wanted()).isEqualTo("1");
              assertThat(difference.found()).isEqualTo("0");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "SIDSIZE, 16, 16, true",
    "SIDSIZE, 8, 16, true",
    "SIDSIZE, 17, 16, false",
    "SSIDSIZE, 0, 20, true",
    "SSIDSIZE, 20, 16, false",
    "OAS, 4, 5, true",
    "OAS, 5, 4, false",
    "OAS, 7, 6, false",
    "OAS, 0, 7, true",
    "OAS, 7, 7, true",
    "BBML, 2, 1, false",
    "BBML, 2, 2, true",
    "BBML, 0, 2, true",
    "HTTU, 2, 1, false",
    "HTTU, 1, 2, true"
  })
  void size_is_at_most_the_hosts(IdField field, int vsmmu, int host, boolean matches) {
    assertThat(compare(field, vsmmu, host).isEmpty()).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, true",
    "2, 3, true",
    "3, 3, true",
    "3, 2, false",
    "1, 3, false",
    "2, 1, false"
  })
  void table_format_includes_aarch64_on_both_sides(int vsmmu, int host, boolean matches) {
    assertThat(compare(IdField.TTF, vsmmu, host).isEmpty()).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, true",
    "2, 0, true",
    "0, 0, true",
    "0, 2, false",
    "2, 3, false",
    "3, 3, false"
  })
  void tables_are_little_endian_on_both_sides(int vsmmu, int host, boolean matches) {
    assertThat(compare(IdField.TTENDIAN, vsmmu, host).isEmpty()).isEqualTo(matches);
  }

  /** IHI 0070, 6.3.1: what the guest must write into its CDs depends on the two. */
  @ParameterizedTest
  @CsvSource({
    "TERM_MODEL, 1, 1, true",
    "TERM_MODEL, 1, 0, true",
    "TERM_MODEL, 0, 0, true",
    "TERM_MODEL, 0, 1, false",
    "STALL_MODEL, 1, 1, true",
    "STALL_MODEL, 1, 0, true",
    "STALL_MODEL, 1, 2, false",
    "STALL_MODEL, 0, 0, true",
    "STALL_MODEL, 0, 1, false",
    "STALL_MODEL, 2, 2, true",
    "STALL_MODEL, 2, 0, false"
  })
  void a_cd_that_the_guest_finds_legal_is_legal_for_the_host(
      IdField field, int vsmmu, int host, boolean matches) {
    assertThat(compare(field, vsmmu, host).isEmpty()).isEqualTo(matches);
  }

  @Test
  void all_differences_are_given_at_once_with_both_values() {
    IdRegisters poor = HOST.withOasBits(44).withRangeInvalidation(false).with(IdField.GRAN16K, 0);

    assertThat(HostCompatibility.compare(HOST, poor))
        .containsExactly(
            new HostDifference("IDR3.RIL", IdField.RIL, "1", "0", 0),
            new HostDifference("IDR5.GRAN16K", IdField.GRAN16K, "1", "0", 0),
            new HostDifference("IDR5.OAS", IdField.OAS, "48 bits", "44 bits", 44));
  }

  @Test
  void no_field_has_two_rules() {
    assertThat(HostCompatibility.rules()).extracting(HostRule::field).doesNotHaveDuplicates();
  }

  /** A host's word may hold anything: no comparison throws, and no lowered field is above it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 0x1d5, -3})
  void any_words_of_a_host_can_be_compared(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      IdRegisters host = words(random);
      IdRegisters lowered = HostCompatibility.lowerToHost(HOST, host);

      assertThat(HostCompatibility.compare(host, host))
          .as("seed %d, round %d: %s", seed, i, host)
          .extracting(HostDifference::field)
          .isSubsetOf(IdField.TTF, IdField.TTENDIAN);
      assertThat(HostCompatibility.compare(lowered, host))
          .extracting(it -> HostCompatibility.rule(it.field()).source())
          .doesNotContain(HostRule.Source.FIRST_DEVICE);
    }
  }

  private static IdRegisters words(Random random) {
    return new IdRegisters(
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt(),
        random.nextInt());
  }
}
