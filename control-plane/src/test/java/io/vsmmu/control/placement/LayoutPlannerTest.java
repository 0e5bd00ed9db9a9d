package io.vsmmu.control.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.placement.ProposedLayout.ProposedDevice;
import io.vsmmu.control.placement.ProposedLayout.ProposedVsmmu;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.vmm.CommandLineLimits;
import io.vsmmu.platform.vmm.LibvirtDomain;
import io.vsmmu.platform.vmm.LibvirtFeature;
import io.vsmmu.platform.vmm.QemuCommandLine;
import io.vsmmu.platform.vmm.QemuFeature;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OutputAddressSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layouts for sets of devices. */
class LayoutPlannerTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final String ELSEWHERE = "0000:81:00.0";

  private static ProposedLayout propose(TopologyBuilder topology, String... devices) {
    LocalHost host = LocalHost.of(new SimulatedHost(topology.build()));
    return new LayoutPlanner(host, Path.of("/data/vsmmu")).propose(request(devices));
  }

  private static LayoutRequest request(String... devices) {
    return new LayoutRequest("vm", List.of(devices), 8, Machine.Controller.ITS, 2048);
  }

  private static List<String> addresses(ProposedVsmmu vsmmu) {
    return vsmmu.devices().stream().map(ProposedDevice::address).toList();
  }

  private static TopologyBuilder without(String address, boolean ats, boolean vfio) {
    return TopologyBuilder.standard()
        .changeDevice(address, it -> it.withAts(ats).withBoundToVfio(vfio));
  }

  @Test
  void each_physical_smmu_gets_a_vsmmu_with_its_devices() {
    ProposedLayout layout = propose(TopologyBuilder.standard(), ELSEWHERE, A, B);

    assertThat(layout.vsmmus())
        .extracting(ProposedVsmmu::name, ProposedVsmmu::physicalSmmu, ProposedVsmmu::bus)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("vm-0", TopologyBuilder.SMMU0, 8),
            org.assertj.core.groups.Tuple.tuple("vm-1", TopologyBuilder.SMMU1, 11));
    assertThat(addresses(layout.vsmmus().get(0))).containsExactly(A, B);
    assertThat(addresses(layout.vsmmus().get(1))).containsExactly(ELSEWHERE);
    assertThat(layout.vsmmus().get(0).devices())
        .extracting(ProposedDevice::streamId)
        .containsExactly(0x900, 0xA00);
    assertThat(layout.vsmmus().get(1).devices().getFirst().streamId()).isEqualTo(0xC00);
    assertThat(layout.notes()).isEmpty();
  }

  @Test
  void the_rest_of_an_iommu_group_comes_along_and_that_is_said() {
    ProposedLayout layout = propose(TopologyBuilder.standard(), F1, A);

    assertThat(addresses(layout.vsmmus().getFirst())).containsExactly(F1, F0, A);
    assertThat(layout.notes()).hasSize(1);
    assertThat(layout.notes().getFirst()).contains(F0, "iommu group");
  }

  @Test
  void properties_are_those_of_the_physical_smmu() {
    TopologyBuilder topology =
        TopologyBuilder.standard()
            .changeSmmu(
                TopologyBuilder.SMMU1,
                it ->
                    it.withIds(
                        TopologyBuilder.ids(
                            Map.of(IdMask.RIL, 0, IdMask.OAS, 4, IdMask.SSIDSIZE, 8))));

    ProposedLayout layout = propose(topology, A, ELSEWHERE);

    assertThat(layout.vsmmus().get(0))
        .extracting(
            ProposedVsmmu::ats, ProposedVsmmu::ril, ProposedVsmmu::oas, ProposedVsmmu::ssidSize)
        .containsExactly(true, true, 48, 20);
    assertThat(layout.vsmmus().get(1))
        .extracting(
            ProposedVsmmu::ats, ProposedVsmmu::ril, ProposedVsmmu::oas, ProposedVsmmu::ssidSize)
        .containsExactly(true, false, 44, 8);
  }

  @Test
  void ats_is_off_for_a_device_without_it_and_for_a_vsmmu_without_such_a_device() {
    ProposedLayout mixed = propose(without(A, false, true), A, B);
    ProposedLayout none = propose(without(A, false, true), A);

    assertThat(mixed.vsmmus().getFirst().ats()).isTrue();
    assertThat(mixed.vsmmus().getFirst().devices())
        .extracting(ProposedDevice::ats)
        .containsExactly(false, true);
    assertThat(none.vsmmus().getFirst().ats()).isFalse();
  }

  @Test
  void every_device_that_cannot_be_placed_is_told_with_its_reason() {
    LocalHost host = LocalHost.of(new SimulatedHost(without(B, true, false).build()));
    LayoutPlanner planner = new LayoutPlanner(host, Path.of("/data"));

    RequestRefusedException refused =
        catchThrowableOfType(
            RequestRefusedException.class,
            () -> planner.propose(request(A, B, "e1000e", "0000:ff:00.0")));

    assertThat(refused.problems())
        .extracting(Problem::field)
        .containsExactly("devices[1]", "devices[2]", "devices[3]");
    assertThat(refused.getMessage()).contains(B, "emulated");
  }

  @Test
  void a_kernel_before_6_19_takes_no_group_of_several_devices() {
    TopologyBuilder old =
        TopologyBuilder.standard().kernel(new Topology.Kernel("6.18.0", false, true, false));

    RequestRefusedException refused =
        catchThrowableOfType(RequestRefusedException.class, () -> propose(old, F0));

    assertThat(refused.problems()).hasSize(2);
    assertThat(refused.getMessage()).contains("6.18.0", "6.19");
    assertThat(propose(old, A).vsmmus()).hasSize(1);
  }

  @Test
  void a_layout_can_be_told_to_qemu_and_to_libvirt() {
    ProposedLayout layout = propose(TopologyBuilder.standard(), A, ELSEWHERE);

    List<String> ours = made(QemuCommandLine.vfioUser(layout.machine(), QemuFeature.USUAL));
    List<String> theirs = made(QemuCommandLine.accelerated(layout.machine(), QemuFeature.USUAL));

    assertThat(String.join(" ", ours)).contains("/data/vsmmu/vm-1.sock", "2048M", "gic-version=3");
    assertThat(String.join(" ", theirs))
        .contains("bus_nr=8", "bus_nr=10", "host=" + ELSEWHERE, "ats=on", "ssidsize=20");
    assertThat(made(QemuCommandLine.run("vm", layout.machine(), QemuFeature.USUAL)))
        .contains("%s=0x900@vm-0,bus=vsmmu-vm-0.port0".formatted(A));
    assertThat(CommandLineLimits.OWNED_DEVICES).isEqualTo(io.vsmmu.host.vmm.VmmOwnedLimits.DEVICES);
    assertThat(
            made(
                LibvirtDomain.owned(
                    layout.machine(), LibvirtFeature.USUAL, QemuFeature.USUAL, Optional.empty())))
        .contains("vm-0.sock");
    assertThat(
            made(
                LibvirtDomain.accelerated(
                    layout.machine(), LibvirtFeature.USUAL, QemuFeature.USUAL)))
        .contains("smmuv3");
  }

  /** Encodings of IDR5.OAS: this vSMMU shows what the host has, QEMU's the most that it knows. */
  @ParameterizedTest
  @CsvSource({"0,32,0", "1,36,0", "2,40,0", "3,42,0", "4,44,44", "5,48,48", "6,52,48"})
  void every_output_address_size_of_a_host_has_a_line_or_a_reason(
      int encoded, int ours, int qemus) {
    TopologyBuilder topology =
        TopologyBuilder.standard()
            .changeSmmu(
                TopologyBuilder.SMMU0,
                it -> it.withIds(TopologyBuilder.ids(Map.of(IdMask.OAS, encoded))));

    ProposedLayout layout = propose(topology, A);
    BuildResult<List<String>> accelerated =
        QemuCommandLine.accelerated(layout.machine(), QemuFeature.USUAL);

    assertThat(layout.vsmmus().getFirst().oas()).isEqualTo(ours);
    assertThat(made(QemuCommandLine.vfioUser(layout.machine(), QemuFeature.USUAL))).isNotEmpty();
    if (qemus == 0) {
      assertThat(refused(accelerated))
          .extracting(Problem::message)
          .allMatch(message -> message.contains("at least 44") && message.contains("is " + ours))
          .hasSize(1);
    } else {
      assertThat(String.join(" ", made(accelerated))).contains("oas=" + qemus + ",");
    }
  }

  private static List<Problem> refused(BuildResult<?> outcome) {
    return outcome instanceof BuildResult.Refused<?> refused ? refused.reasons() : List.of();
  }

  private static <T> T made(BuildResult<T> outcome) {
    assertThat(outcome).isInstanceOf(BuildResult.Built.class);
    return ((BuildResult.Built<T>) outcome).value();
  }

  @Test
  void limits_of_layouts_are_those_of_the_architecture() {
    assertThat(CommandLineLimits.OUTPUT_ADDRESS_BITS).hasSameElementsAs(OutputAddressSize.BITS);
    assertThat(CommandLineLimits.SSID_BITS).isEqualTo(IdRegisters.MAX_SSID_BITS);
  }
}
