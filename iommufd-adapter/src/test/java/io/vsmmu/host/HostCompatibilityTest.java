package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.TopologyBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether a host can back what a vSMMU shows. */
class HostCompatibilityTest {

  private static HwInfo host(Map<IdField, Integer> changes) {
    return new HwInfo(HwInfo.TYPE_ARM_SMMUV3, TopologyBuilder.ids(changes), 20, 0);
  }

  private static List<Mismatch> compare(IdField field, int vsmmuValue, int hostValue) {
    return HostCompatibility.compare(
        TopologyBuilder.ids(Map.of(field, vsmmuValue)).idr(), host(Map.of(field, hostValue)));
  }

  @Test
  void equal_registers_match() {
    assertThat(HostCompatibility.compare(TopologyBuilder.standardIds().idr(), host(Map.of())))
        .isEmpty();
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
            mismatch -> {
              assertThat(mismatch.field()).isEqualTo(field.fullName());
              assertThat(mismatch.wanted()).isEqualTo("1");
              assertThat(mismatch.found()).isEqualTo("0");
              assertThat(mismatch.remedy()).isNotBlank();
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
  void other_iommu_is_one_mismatch() {
    HwInfo other = new HwInfo(1, SmmuIds.ofIdr(new int[6], 0, 0), 0, 0);
    assertThat(HostCompatibility.compare(TopologyBuilder.standardIds().idr(), other))
        .extracting(Mismatch::message)
        .containsExactly(
            "data type: the vSMMU wants 2 (ARM_SMMUV3), the host has 1: "
                + Advice.USE_DEVICE_BEHIND_SMMU.with());
  }

  @Test
  void all_mismatches_are_given_at_once_with_both_values() {
    assertThat(
            HostCompatibility.compare(
                TopologyBuilder.standardIds().idr(), host(Map.of(IdField.OAS, 4, IdField.RIL, 0))))
        .extracting(Mismatch::message)
        .containsExactly(
            "IDR3.RIL: the vSMMU wants 1, the host has 0: " + Advice.CREATE_WITHOUT_RIL.with(),
            "IDR5.OAS: the vSMMU wants 48 bits, the host has 44 bits: "
                + Advice.CREATE_WITH_OAS.with(44));
  }
}
