package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.control.vmm.VmmDeviceState;
import io.vsmmu.control.vmm.VmmDevices;
import io.vsmmu.control.vmm.VmmFinder;
import io.vsmmu.control.vmm.VmmView;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.SimulatedShare;
import io.vsmmu.host.simulated.SimulatedVmm;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices that a VMM owns come to their vSMMU, leave it and come back as the VMM does. */
@Tag("slow")
@Timeout(60)
class VmmDevicesTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final int SID_A = 0x100;
  private static final int SID_B = 0x200;

  private final SimulatedHost host = SimulatedHost.standard();
  private Service service;
  private VmmDevices vmms;
  private RegisteredVsmmu vsmmu;
  private SimulatedVmm vmm;

  @BeforeEach
  void begin() {
    service = new Service(TestPostgres.newDatabase(), host);
    vmms =
        new VmmDevices(
            LocalHost.of(host),
            service.live,
            service.administration,
            new VmmFinder(LocalHost.of(host)));
    vsmmu =
        service.administration.create(
            "v", Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
    vmm = host.vmm();
  }

  @AfterEach
  void end() {
    vmms.close();
    service.administration.delete("v", "operator");
    service.close();
  }

  private static VmmView.Device device(String address, int sid) {
    return new VmmView.Device(
        address,
        "v",
        sid == 0 ? OptionalInt.empty() : OptionalInt.of(sid),
        VmmDeviceState.WAITING,
        Optional.empty());
  }

  private SimulatedShare useVmmIommufd(VmmView.Device... devices) {
    SimulatedShare copies = vmm.share(Arrays.stream(devices).map(VmmView.Device::address).toList());
    assertThat(vmms.useVmmIommufd("v", copies, IommufdHandover.NOTHING, List.of(devices)))
        .isInstanceOf(VmmView.HandOver.Taken.class);
    return copies;
  }

  @Test
  void the_devices_of_a_vmm_are_known_before_it_binds_them() {
    useVmmIommufd(device(A, SID_A), device(B, 0));

    assertThat(vmms.streamIds(vsmmu)).containsExactly(SID_A);
  }

  private VmmDeviceState state(String address) {
    return vmms.all().getFirst().devices().stream()
        .filter(device -> device.address().equals(address))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private void awaits(String address, VmmDeviceState state) {
    Await.until(address + " is " + state, () -> state(address) == state);
  }

  private void installs(int sid) {
    CommandEntry cfgi = new ConfigInvalidation.Ste(sid, false, true).encode();
    service.rings(vsmmu, sid, List.of(cfgi, Service.sync()));
  }

  private Optional<Attachment.Kind> meets(String address) {
    return host.attachment(address).map(Attachment::kind);
  }

  private StreamBehaviour effective(int sid) {
    return service.state(vsmmu).stream(sid).orElseThrow().effective();
  }

  @Test
  void a_device_is_attached_when_its_vmm_has_bound_it_though_the_guest_enabled_the_smmu_before() {
    useVmmIommufd(device(A, SID_A));
    service.boots(vsmmu, SID_A);
    assertThat(state(A)).isEqualTo(VmmDeviceState.WAITING);

    vmm.plug(A);
    awaits(A, VmmDeviceState.ATTACHED);
    installs(SID_A);

    assertThat(effective(SID_A)).isEqualTo(StreamBehaviour.TRANSLATE);
    assertThat(meets(A)).contains(Attachment.Kind.TRANSLATE);
  }

  @Test
  void a_device_that_the_vmm_unplugs_leaves_the_log_and_can_be_plugged_in_again() {
    vmm.plug(A);
    vmm.plug(B);
    SimulatedShare copies = useVmmIommufd(device(A, SID_A), device(B, SID_B));
    awaits(A, VmmDeviceState.ATTACHED);
    awaits(B, VmmDeviceState.ATTACHED);
    service.boots(vsmmu, SID_A);

    vmm.unplug(A);
    awaits(A, VmmDeviceState.UNPLUGGED);

    assertThat(service.state(vsmmu).devices()).containsOnlyKeys(SID_B);
    assertThat(host.objects().devices()).as("the file was closed").isEqualTo(1);
    vmm.plug(A);
    copies.add(A);
    vmms.reopened("v", A);
    awaits(A, VmmDeviceState.ATTACHED);
    assertThat(service.state(vsmmu).devices()).containsKeys(SID_A, SID_B);
  }

  @Test
  void a_device_that_the_vmm_attaches_elsewhere_stays_there_and_the_problem_is_told() {
    vmm.plug(A);
    useVmmIommufd(device(A, SID_A));
    awaits(A, VmmDeviceState.ATTACHED);

    vmm.attach(A, vmm.iommufd().allocIoas().value()).value();
    awaits(A, VmmDeviceState.FAILED);

    assertThat(service.state(vsmmu).devices()).isEmpty();
    assertThat(meets(A)).contains(Attachment.Kind.STAGE_2);
    assertThat(vmms.all().getFirst().devices().getFirst().problem().orElseThrow().kind().name())
        .isEqualTo("ATTACHED_ELSEWHERE");
  }

  @Test
  void giving_a_vmm_back_leaves_nothing_of_ours_on_its_iommufd_and_its_dma_goes_on() {
    vmm.plug(A);
    ObjectCounts before = host.objects();
    useVmmIommufd(device(A, SID_A));
    awaits(A, VmmDeviceState.ATTACHED);
    service.boots(vsmmu, SID_A);

    vmms.release("v");

    assertThat(host.objects()).isEqualTo(before);
    assertThat(meets(A)).contains(Attachment.Kind.STAGE_2);
    assertThat(vmms.all()).isEmpty();
  }

  @Test
  void a_second_vmm_after_the_first_has_its_devices_behind_the_same_vsmmu() {
    vmm.plug(A);
    useVmmIommufd(device(A, SID_A));
    awaits(A, VmmDeviceState.ATTACHED);
    service.boots(vsmmu, SID_A);
    assertThat(vmms.useVmmIommufd("v", vmm.share(List.of()), IommufdHandover.NOTHING, List.of()))
        .isInstanceOfSatisfying(
            VmmView.HandOver.Refused.class,
            refused -> assertThat(refused.problem().kind().name()).isEqualTo("VM_BUSY"));
    vmms.release("v");
    vmm.close();

    vmm = host.vmm();
    vmm.plug(A);
    useVmmIommufd(device(A, SID_A));
    awaits(A, VmmDeviceState.ATTACHED);
    assertThat(meets(A)).as("nobody read the STE").contains(Attachment.Kind.ABORT);
    installs(SID_A);

    assertThat(meets(A)).contains(Attachment.Kind.TRANSLATE);
  }

  @Test
  void a_device_without_a_streamid_is_attached_by_its_address() {
    vmm.plug(A);
    useVmmIommufd(device(A, 0));
    awaits(A, VmmDeviceState.FOUND);

    service.administration.attach("v", A, SID_A, OnOffAuto.AUTO, "operator");

    awaits(A, VmmDeviceState.ATTACHED);
    service.administration.detach("v", SID_A, "operator");
    awaits(A, VmmDeviceState.RETURNED);
    assertThat(meets(A)).contains(Attachment.Kind.STAGE_2);
  }

  @Test
  void devices_that_cannot_be_told_apart_are_a_problem_with_its_remedy() {
    vmm.plug(A);
    vmm.plug(B);
    vmm.enableDma(A);
    vmm.enableDma(B);
    useVmmIommufd(device(A, SID_A));

    awaits(A, VmmDeviceState.FAILED);

    var problem = vmms.all().getFirst().devices().getFirst().problem().orElseThrow();
    assertThat(problem.kind().name()).isEqualTo("AMBIGUOUS");
    assertThat(problem.what().remedy()).contains("devid");
    assertThat(service.state(vsmmu).devices()).isEmpty();
  }

  @Test
  void the_log_of_a_vmms_device_replays_without_a_difference() {
    vmm.plug(A);
    useVmmIommufd(device(A, SID_A));
    awaits(A, VmmDeviceState.ATTACHED);
    service.boots(vsmmu, SID_A);
    vmms.release("v");
    vmm.plug(B);
    useVmmIommufd(device(B, SID_B));
    awaits(B, VmmDeviceState.ATTACHED);

    ReplayReport report = GroupsTest.replayed(service, vsmmu);

    assertThat(report.divergences()).isEmpty();
  }
}
