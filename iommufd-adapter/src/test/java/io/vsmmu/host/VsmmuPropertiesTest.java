package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.host.VsmmuProperties.Resolution.Refused;
import io.vsmmu.host.VsmmuProperties.Resolution.Resolved;
import io.vsmmu.host.simulated.TopologyBuilder;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Properties of a vSMMU that a host decides. */
class VsmmuPropertiesTest {

  private static final HwInfo FULL = host(Map.of());
  private static final HwInfo POOR =
      host(Map.of(IdField.ATS, 0, IdField.RIL, 0, IdField.OAS, 4, IdField.SSIDSIZE, 8));

  private static HwInfo host(Map<IdField, Integer> changes) {
    return new HwInfo(HwInfo.TYPE_ARM_SMMUV3, TopologyBuilder.ids(changes), 20, 0);
  }

  private static VsmmuProperties properties(OnOffAuto switches, int oas, int ssidSize) {
    return new VsmmuProperties(switches, switches, OptionalInt.of(oas), OptionalInt.of(ssidSize));
  }

  @Test
  void auto_takes_the_hosts_values() {
    assertThat(VsmmuProperties.auto().resolve(FULL)).isEqualTo(new Resolved(true, true, 48, 20));
    assertThat(VsmmuProperties.auto().resolve(POOR)).isEqualTo(new Resolved(false, false, 44, 8));
  }

  @Test
  void off_and_smaller_values_hide_what_the_host_has() {
    assertThat(properties(OnOffAuto.OFF, 44, 0).resolve(FULL))
        .isEqualTo(new Resolved(false, false, 44, 0));
  }

  @Test
  void what_the_host_lacks_is_refused_field_by_field() {
    assertThat(properties(OnOffAuto.ON, 48, 16).resolve(POOR))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.mismatches())
                    .extracting(Mismatch::message)
                    .containsExactly(
                        "ats: the vSMMU wants on, the host has off: "
                            + Advice.CREATE_WITHOUT_ATS.with(),
                        "ril: the vSMMU wants on, the host has off: "
                            + Advice.CREATE_WITHOUT_RIL.with(),
                        "oas: the vSMMU wants 48, the host has 44: "
                            + Advice.CREATE_WITH_OAS.with(44),
                        "ssidsize: the vSMMU wants 16, the host has 8: "
                            + Advice.CREATE_WITH_SSIDSIZE.with(8)));
  }

  @Test
  void other_iommu_is_refused() {
    HwInfo other = new HwInfo(HwInfo.TYPE_NONE, SmmuIds.ofIdr(new int[6], 0, 0), 0, 0);
    assertThat(VsmmuProperties.auto().resolve(other)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "47, 0, 'oas: ''47'', allowed is 32, 36, 40, 42, 44, 48, 52, 56 or auto'",
    "48, 21, 'ssidsize: ''21'', allowed is 0..20 or auto'",
    "48, -1, 'ssidsize: ''-1'', allowed is 0..20 or auto'",
  })
  void a_value_that_cannot_be_names_field_value_and_what_is_allowed(
      int oas, int ssidSize, String message) {
    assertThatThrownBy(() -> properties(OnOffAuto.ON, oas, ssidSize))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
