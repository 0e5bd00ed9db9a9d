package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostMatch.PropertyMatch.Fits;
import io.vsmmu.host.apply.HostMatch.PropertyMatch.Refused;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.HostCompatibility;
import io.vsmmu.smmu.spec.HostRule;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution.Resolved;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether a host can back a vSMMU, and the advice to the operator where it cannot. */
class HostMatchTest {

  private static final IdRegisters SHOWN = HostIds.read(TopologyBuilder.standardIds());

  private static final HwInfo OTHER =
      new HwInfo(HwInfo.TYPE_NONE, SmmuIds.ofIdr(new int[6], 0, 0), 0, 0);

  private static HwInfo host(Map<IdMask, Integer> changes) {
    return new HwInfo(HwInfo.TYPE_ARM_SMMUV3, TopologyBuilder.ids(changes), 20, 0);
  }

  @Test
  void equal_registers_match() {
    assertThat(HostMatch.compare(SHOWN, host(Map.of()))).isEmpty();
  }

  @Test
  void other_iommu_is_one_mismatch() {
    assertThat(HostMatch.compare(SHOWN, OTHER))
        .extracting(Problem::message)
        .containsExactly(
            "data type is 0, but must be 2 (ARM_SMMUV3): " + Advice.USE_DEVICE_BEHIND_SMMU.with());
    assertThat(HostMatch.resolve(VsmmuProperties.ALL_AUTO, OTHER)).isInstanceOf(Refused.class);
  }

  @Test
  void all_mismatches_are_given_at_once_with_both_values_and_a_remedy() {
    assertThat(
            HostMatch.compare(
                SHOWN, host(Map.of(IdMask.OAS, 4, IdMask.RIL, 0, IdMask.HAD, 0, IdMask.CD2L, 0))))
        .extracting(Problem::message)
        .containsExactly(
            "IDR3.RIL is 0, but must be 1: " + Advice.CREATE_WITHOUT_RIL.with(),
            "IDR3.HAD is 0, but must be 1: " + Advice.ATTACH_BEFORE_GUEST.with("IDR3.HAD"),
            "IDR0.CD2L is 0, but must be 1: " + Advice.USE_SMMU_WITH.with("IDR0.CD2L"),
            "IDR5.OAS is 44 bits, but must be 48 bits: " + Advice.CREATE_WITH_OAS.with(44));
  }

  @Test
  void every_field_that_can_differ_has_a_remedy() {
    for (HostRule rule : HostCompatibility.rules()) {
      IdRegisters none = new IdRegisters(0, 0, 0, 0, 0, 0, 0, 0);
      IdRegisters every = new IdRegisters(-1, -1, 0, -1, 0, -1, 0, 0);
      List<Problem> mismatches =
          rule.field() == IdField.TERM_MODEL
              ? HostMatch.compare(none, info(every))
              : HostMatch.compare(every, info(none));

      assertThat(mismatches)
          .filteredOn(it -> it.field().equals(rule.field().fullName()))
          .as("%s", rule)
          .singleElement()
          .satisfies(it -> assertThat(it.remedy()).isNotBlank());
    }
  }

  private static HwInfo info(IdRegisters ids) {
    return new HwInfo(HwInfo.TYPE_ARM_SMMUV3, HostIds.write(ids), 20, 0);
  }

  @Test
  void properties_are_resolved_by_the_host_or_refused_with_a_remedy() {
    HwInfo poor = host(Map.of(IdMask.ATS, 0, IdMask.RIL, 0, IdMask.OAS, 4, IdMask.SSIDSIZE, 8));
    VsmmuProperties all = new VsmmuProperties(OnOffAuto.ON, OnOffAuto.ON, 48, 16, OnOffAuto.AUTO);

    assertThat(HostMatch.resolve(VsmmuProperties.ALL_AUTO, host(Map.of())))
        .isEqualTo(new Fits(new Resolved(true, true, 48, 20)));
    assertThat(HostMatch.resolve(all, poor))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::message)
                    .containsExactly(
                        "ats is off, but must be on: " + Advice.CREATE_WITHOUT_ATS.with(),
                        "ril is off, but must be on: " + Advice.CREATE_WITHOUT_RIL.with(),
                        "oas is 44, but must be 48: " + Advice.CREATE_WITH_OAS.with(44),
                        "ssidsize is 8, but must be 16: " + Advice.CREATE_WITH_SSIDSIZE.with(8)));
  }

  @Test
  void the_words_of_the_port_are_kept_whole() {
    SmmuIds raw = new SmmuIds(1, -2, 3, 4, 5, 6, 7, -8, 0);

    assertThat(HostIds.write(HostIds.read(raw))).isEqualTo(raw);
  }

  @Test
  void nesting_takes_both_stages() {
    assertThat(HostIds.whyNotNesting(host(Map.of(IdMask.S1P, 1, IdMask.S2P, 1)).ids())).isEmpty();
    assertThat(HostIds.whyNotNesting(host(Map.of(IdMask.S1P, 1, IdMask.S2P, 0)).ids()))
        .hasValueSatisfying(reason -> assertThat(reason).contains("IDR0.S2P 0"));
    assertThat(HostIds.whyNotNesting(host(Map.of(IdMask.S1P, 0, IdMask.S2P, 1)).ids()))
        .hasValueSatisfying(reason -> assertThat(reason).contains("IDR0.S1P 0"));
  }
}
