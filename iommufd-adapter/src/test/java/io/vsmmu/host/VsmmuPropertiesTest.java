package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.host.VsmmuProperties.Resolution.Refused;
import io.vsmmu.host.VsmmuProperties.Resolution.Resolved;
import io.vsmmu.host.simulated.TopologyBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  @Test
  void auto_takes_the_hosts_values() {
    assertThat(VsmmuProperties.auto().resolve(FULL)).isEqualTo(new Resolved(true, true, 48, 20));
    assertThat(VsmmuProperties.auto().resolve(POOR)).isEqualTo(new Resolved(false, false, 44, 8));
  }

  @Test
  void off_and_smaller_values_hide_what_the_host_has() {
    assertThat(VsmmuProperties.parse("off", "off", "44", "0").resolve(FULL))
        .isEqualTo(new Resolved(false, false, 44, 0));
  }

  @Test
  void what_the_host_lacks_is_refused_field_by_field() {
    assertThat(VsmmuProperties.parse("on", "on", "48", "16").resolve(POOR))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.mismatches())
                    .extracting(Mismatch::message)
                    .containsExactly(
                        "ats: the vSMMU wants on, the host has off: set ats=off or ats=auto",
                        "ril: the vSMMU wants on, the host has off: set ril=off or ril=auto",
                        "oas: the vSMMU wants 48, the host has 44: set oas to 44 or less, or to"
                            + " auto",
                        "ssidsize: the vSMMU wants 16, the host has 8: set ssidsize to 8 or less,"
                            + " or to auto"));
  }

  @Test
  void resolved_values_show_in_the_registers_and_match_the_host() {
    int[] idr = TopologyBuilder.standardIds().idr();
    Resolved resolved = (Resolved) VsmmuProperties.auto().resolve(POOR);
    int[] shown = resolved.applyTo(idr);
    assertThat(HostCompatibility.compare(shown, POOR)).isEmpty();
    assertThat(HostCompatibility.compare(idr, POOR)).isNotEmpty();
    assertThat(IdField.OAS.get(shown)).isEqualTo(4);
  }

  @Test
  void other_iommu_is_refused() {
    HwInfo other = new HwInfo(HwInfo.TYPE_NONE, SmmuIds.ofIdr(new int[6], 0, 0), 0, 0);
    assertThat(VsmmuProperties.auto().resolve(other)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "yes, on, 48, 0, 'ats: ''yes'', allowed is on, off or auto'",
    "on, ON, 48, 0, 'ril: ''ON'', allowed is on, off or auto'",
    "on, on, 47, 0, 'oas: ''47'', allowed is 32, 36, 40, 42, 44, 48, 52 or auto'",
    "on, on, big, 0, 'oas: ''big'', allowed is 32'",
    "on, on, 48, 21, 'ssidsize: ''21'', allowed is 0..20 or auto'",
    "on, on, 48, -1, 'ssidsize: ''-1'', allowed is 0..20 or auto'",
  })
  void malformed_property_names_field_value_and_what_is_allowed(
      String ats, String ril, String oas, String ssidSize, String message) {
    assertThatThrownBy(() -> VsmmuProperties.parse(ats, ril, oas, ssidSize))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "ON, true, false, true, 0", "ON, true, true, false, 1", "ON, false, false, false, 1",
    "AUTO, true, false, true, 0", "AUTO, true, true, false, 0", "AUTO, false, false, false, 0",
    "OFF, true, false, false, 0"
  })
  void device_ats_needs_vsmmu_and_device(
      OnOffAuto setting, boolean vsmmuAts, boolean notSupported, boolean ats, int refusals) {
    long capabilities = notSupported ? HwInfo.CAP_PCI_ATS_NOT_SUPPORTED : 0;
    HwInfo device =
        new HwInfo(HwInfo.TYPE_ARM_SMMUV3, TopologyBuilder.standardIds(), 20, capabilities);
    List<Mismatch> mismatches = new ArrayList<>();
    assertThat(VsmmuProperties.deviceAts(setting, vsmmuAts, device, mismatches)).isEqualTo(ats);
    assertThat(mismatches).hasSize(refusals);
  }
}
