package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution.Refused;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution.Resolved;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of a vSMMU that a host decides. */
class VsmmuPropertiesTest {

  private static final IdRegisters FULL =
      IdRegisters.DEFAULT.withAts(true).withOasBits(48).withSsidSize(20);
  private static final IdRegisters POOR =
      IdRegisters.DEFAULT.withRangeInvalidation(false).withOasBits(44).withSsidSize(8);

  private static VsmmuProperties properties(OnOffAuto switches, int oas, int ssidSize) {
    return new VsmmuProperties(switches, switches, oas, ssidSize, OnOffAuto.AUTO);
  }

  @Test
  void auto_takes_the_hosts_values() {
    assertThat(VsmmuProperties.ALL_AUTO.resolve(FULL)).isEqualTo(new Resolved(true, true, 48, 20));
    assertThat(VsmmuProperties.ALL_AUTO.resolve(POOR)).isEqualTo(new Resolved(false, false, 44, 8));
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 36, 40, 42, 44, 48, 52, 56})
  void auto_takes_every_output_address_size_that_a_host_can_have(int bits) {
    IdRegisters host = FULL.withOasBits(bits);

    Resolved resolved = (Resolved) VsmmuProperties.ALL_AUTO.resolve(host);

    assertThat(resolved.oas()).isEqualTo(bits);
    assertThat(resolved.applyTo(VsmmuProperties.ALL_AUTO.shownBeforeHost(), host).oasBits())
        .isEqualTo(bits);
  }

  @Test
  void off_and_smaller_values_hide_what_the_host_has() {
    assertThat(properties(OnOffAuto.OFF, 44, 0).resolve(FULL))
        .isEqualTo(new Resolved(false, false, 44, 0));
  }

  @Test
  void what_the_host_lacks_is_refused_property_by_property() {
    assertThat(properties(OnOffAuto.ON, 48, 16).resolve(POOR))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.differences())
                    .containsExactly(
                        new HostDifference("ats", IdField.ATS, "on", "off", 0),
                        new HostDifference("ril", IdField.RIL, "on", "off", 0),
                        new HostDifference("oas", IdField.OAS, "48", "44", 44),
                        new HostDifference("ssidsize", IdField.SSIDSIZE, "16", "8", 8)));
  }

  @Test
  void what_is_resolved_can_be_backed() {
    for (IdRegisters host : new IdRegisters[] {FULL, POOR, FULL.withOasBits(56)}) {
      Resolved resolved = (Resolved) VsmmuProperties.ALL_AUTO.resolve(host);
      IdRegisters shown = resolved.applyTo(VsmmuProperties.ALL_AUTO.shownBeforeHost(), host);

      assertThat(HostCompatibility.compare(shown, host)).isEmpty();
    }
  }

  @Test
  void before_a_host_is_known_chosen_values_are_shown_and_stage_2_is_not() {
    IdRegisters chosen = properties(OnOffAuto.ON, 40, 5).shownBeforeHost();
    IdRegisters auto = VsmmuProperties.ALL_AUTO.shownBeforeHost();

    assertThat(chosen.ats() && chosen.rangeInvalidation()).isTrue();
    assertThat(chosen.oasBits()).isEqualTo(40);
    assertThat(chosen.ssidSize()).isEqualTo(5);
    assertThat(auto).isEqualTo(IdRegisters.DEFAULT.withStage2(false));
  }

  @ParameterizedTest
  @CsvSource({
    "47, 0, oas, 47, 'auto or one of [32, 36, 40, 42, 44, 48, 52, 56]'",
    "48, 21, ssidsize, 21, auto or 0 to 20",
    "48, -2, ssidsize, -2, auto or 0 to 20",
  })
  void a_size_that_cannot_be_names_property_value_and_what_is_allowed(
      int oas, int ssidSize, String property, int given, String allowed) {
    assertThat(properties(OnOffAuto.ON, oas, ssidSize).outsideLimits())
        .contains(new Problem(property, String.valueOf(given), allowed));
  }

  @ParameterizedTest
  @CsvSource({"32, 0", "52, 1", "56, 20", "-1, -1"})
  void every_other_size_can_be(int oas, int ssidSize) {
    assertThat(properties(OnOffAuto.ON, oas, ssidSize).outsideLimits()).isEmpty();
  }
}
