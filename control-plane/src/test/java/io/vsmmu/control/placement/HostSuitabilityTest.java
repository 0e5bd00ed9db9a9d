package io.vsmmu.control.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What keeps a vSMMU from a host. */
class HostSuitabilityTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final String ELSEWHERE = "0000:81:00.0";

  private static final IdRegisters IDS =
      IdRegisters.DEFAULT.withStage2(false).withAts(true).withSsidSize(8);
  private static final StreamTableEntry TRANSLATE = StreamTableEntry.ofTwoWords(0x4000_000bL, 0xe8);

  private VsmmuState state = VsmmuState.ABSENT;

  private HostSuitabilityTest meets(Stimulus stimulus) {
    state = ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
    return this;
  }

  private HostSuitabilityTest booted(IdRegisters ids) {
    return meets(
            new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids))
        .meets(
            new Stimulus.WriteRegister(
                Register.CR0.offset(), Register.CR0.widthBits() / 8, 1, List.of()));
  }

  private HostSuitabilityTest with(String address, int group, int sid, StreamTableEntry ste) {
    return meets(
        new Stimulus.AttachDevice(
            sid,
            new HostDevice(address, "smmu", group, state.ids(), true),
            OnOffAuto.AUTO,
            state.ids(),
            SteFetch.read(sid, ste)));
  }

  private List<Problem> on(TopologyBuilder topology, Map<String, String> devices) {
    return HostSuitability.compare(
        LocalHost.of(new SimulatedHost(topology.build())), state, devices);
  }

  private List<Problem> onStandard() {
    return on(TopologyBuilder.standard(), Map.of());
  }

  private static TopologyBuilder changed(String address, boolean ats, int pasidBits) {
    return TopologyBuilder.standard()
        .changeDevice(address, it -> it.withAts(ats).withPasidLog2(pasidBits));
  }

  private static StreamTableEntry substreams(int bits) {
    return StreamTableEntry.ofTwoWords(
        SteFields.S1CDMAX.set(TRANSLATE.word0(), bits), TRANSLATE.word1());
  }

  @Test
  void the_host_where_a_vsmmu_lives_fits() {
    booted(IDS).with(A, 1, 0x900, substreams(8)).with(B, 2, 0xA00, TRANSLATE);

    assertThat(onStandard()).isEmpty();
  }

  @Test
  void another_device_can_take_a_part() {
    booted(IDS).with("0000:09:00.0", 5, 0x900, TRANSLATE);

    assertThat(onStandard()).extracting(Problem::field).containsExactly("devices[0000:09:00.0]");
    assertThat(on(TopologyBuilder.standard(), Map.of("0000:09:00.0", ELSEWHERE))).isEmpty();
  }

  @Test
  void two_parts_need_two_devices() {
    booted(IDS).with("0000:09:00.0", 5, 0x900, TRANSLATE).with(A, 1, 0xA00, TRANSLATE);

    assertThat(on(TopologyBuilder.standard(), Map.of("0000:09:00.0", A)))
        .extracting(Problem::given)
        .contains(A);
  }

  @Test
  void id_registers_that_the_host_cannot_back_are_told_once() {
    booted(IDS).with(A, 1, 0x900, TRANSLATE).with(B, 2, 0xA00, TRANSLATE);
    SmmuIds poor = TopologyBuilder.ids(Map.of(IdMask.OAS, 0, IdMask.RIL, 0));

    List<Problem> differences =
        on(
            TopologyBuilder.standard().changeSmmu(TopologyBuilder.SMMU0, it -> it.withIds(poor)),
            Map.of());

    assertThat(differences).extracting(Problem::field).containsExactly("IDR3.RIL", "IDR5.OAS");
    assertThat(differences).allSatisfy(it -> assertThat(it.remedy()).isNotBlank());
  }

  @Test
  void ats_that_the_guest_may_use_is_needed() {
    booted(IDS).with(A, 1, 0x900, StreamTableEntry.ofTwoWords(0x4000_000bL, 0x1000_00e8L));

    assertThat(on(changed(A, false, 20), Map.of()))
        .extracting(Problem::field)
        .containsExactly("devices[0000:01:00.0].ats", "streams[0x900].EATS");
  }

  @Test
  void substreams_in_use_need_pasids_as_wide() {
    booted(IDS).with(A, 1, 0x900, substreams(8));

    assertThat(on(changed(A, true, 8), Map.of())).isEmpty();
    assertThat(on(changed(A, true, 7), Map.of()))
        .containsExactly(
            new Problem(
                "streams[0x900].S1CDMax",
                "7 bits of PASIDs",
                "8 bits of SubstreamIDs",
                "use a device with PASIDs as wide, on an SMMU that has them"));
  }

  @Test
  void devices_apart_in_the_log_are_in_groups_of_their_own() {
    booted(IDS).with(A, 1, 0x900, TRANSLATE).with(B, 2, 0xA00, TRANSLATE);

    assertThat(on(TopologyBuilder.standard(), Map.of(A, F0, B, F1)))
        .extracting(Problem::required)
        .containsExactly("apart from " + B);
  }

  @Test
  void devices_of_one_group_in_the_log_are_in_one_group() {
    booted(IDS).with(F0, 3, 0x900, TRANSLATE).with(F1, 3, 0x901, TRANSLATE);

    assertThat(onStandard()).isEmpty();
    assertThat(on(TopologyBuilder.standard(), Map.of(F0, A, F1, B)))
        .extracting(Problem::required)
        .containsExactly("together with " + F1);
  }

  @Test
  void a_group_translates_only_when_all_of_its_devices_come() {
    booted(IDS).with(F0, 3, 0x900, TRANSLATE);

    assertThat(onStandard()).extracting(Problem::given).containsExactly("with " + F1);
  }

  @Test
  void devices_behind_different_physical_smmus_have_no_common_viommu() {
    booted(IDS).with(A, 1, 0x900, TRANSLATE).with(B, 2, 0xA00, TRANSLATE);

    assertThat(on(TopologyBuilder.standard(), Map.of(B, ELSEWHERE)))
        .extracting(Problem::field)
        .containsExactly("smmu");
  }

  @Test
  void what_the_kernel_lacks_is_told_with_the_release_that_has_it() {
    booted(IDS).with(A, 1, 0x900, TRANSLATE);
    TopologyBuilder old =
        TopologyBuilder.standard().kernel(new Topology.Kernel("6.14.0", false, false, false));

    assertThat(on(old, Map.of()))
        .containsExactly(
            new Problem(
                "kernel.VEVENTQ",
                "Linux 6.14.0",
                "Linux 6.15 or later",
                "use a kernel from 6.15 on; without it: faults of devices reach neither the guest"
                    + " nor the log; all else works"));
  }

  @Test
  void without_devices_one_smmu_that_fits_is_enough() {
    booted(IDS.withSsidSize(20));
    SmmuIds poor = TopologyBuilder.ids(Map.of(IdMask.SSIDSIZE, 0));
    TopologyBuilder one =
        TopologyBuilder.standard().changeSmmu(TopologyBuilder.SMMU0, it -> it.withIds(poor));
    TopologyBuilder none =
        TopologyBuilder.of(one.build()).changeSmmu(TopologyBuilder.SMMU1, it -> it.withIds(poor));

    assertThat(on(one, Map.of())).isEmpty();
    assertThat(on(none, Map.of())).extracting(Problem::field).containsExactly("IDR1.SSIDSIZE");
  }
}
