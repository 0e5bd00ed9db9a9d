package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.SimulatedShare;
import io.vsmmu.host.simulated.SimulatedVmm;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A vSMMU whose devices a VMM owns, and the objects that exist on the VMM's iommufd. */
class VmmOwnedTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";

  private final SimulatedHost host = SimulatedHost.standard();
  private VmSpace space = new VmSpace(host, "vm-1");
  private final Rig rig = new Rig(host, space);
  private SimulatedVmm vmm = host.vmm();
  private boolean lives = true;
  private VmmContext lent;

  private VmmContext lends(String... addresses) {
    SimulatedShare copy = vmm.share(List.of(addresses));
    VmmContext context =
        new VmmContext(copy, new IommufdHandover(Map.of(), OptionalInt.empty(), () -> lives));
    assertThat(space.useVmmIommufd(context, false)).isTrue();
    lent = context;
    return context;
  }

  private Optional<Attachment.Kind> meets(String address) {
    return host.attachment(address).map(Attachment::kind);
  }

  private List<IommuCall> since(long from) {
    return rig.issuedCalls(from).stream().map(IssuedCall::operation).toList();
  }

  @Test
  void a_device_of_the_vmm_translates_by_the_guests_tables() {
    int devId = vmm.plug(A);
    long from = host.callCount();
    lends(A);

    rig.attach(A).enable().installs(A, Entries.TRANSLATE);

    assertThat(rig.failures()).isEmpty();
    rig.agrees();
    assertThat(meets(A)).contains(Attachment.Kind.TRANSLATE);
    assertThat(
            rig.state().objects().get(rig.state().device(Rig.sid(A)).orElseThrow().deviceHandle()))
        .extracting(HostObject::kernelId)
        .isEqualTo(devId);
    assertThat(since(from)).doesNotContain(IommuCall.BIND, IommuCall.OPEN);
  }

  @Test
  void guest_ram_is_the_vmms_to_map() {
    vmm.plug(A);
    lends(A);
    long from = host.callCount();

    rig.attach(A);
    space.share(
        rig,
        0x4000_0000L,
        0x10000,
        MapAccess.READ_WRITE,
        List.of(new RamSource.Anonymous(0x10000)));
    space.unshare(rig, 0x4000_0000L);

    assertThat(since(from)).doesNotContain(IommuCall.MAP, IommuCall.UNMAP);
  }

  @Test
  void a_device_that_is_detached_is_returned_to_the_vmms_page_table_and_no_object_remains() {
    vmm.plug(A);
    ObjectCounts before = host.objects();
    lends(A);
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);

    rig.detach(A);

    assertThat(rig.failures()).isEmpty();
    assertThat(meets(A)).contains(Attachment.Kind.STAGE_2);
    assertThat(host.objects()).isEqualTo(before);
    assertThat(rig.operations())
        .filteredOn(operation -> operation.kind() == Kind.DESTROY)
        .as("vDEVICE, HWPT, queue, proxies, vIOMMU, stage 2")
        .hasSizeGreaterThanOrEqualTo(6);
    vmm.unplug(A);
    assertThat(host.objects().devices()).isZero();
  }

  @Test
  void a_second_vmm_after_the_first_gets_objects_of_its_own() {
    vmm.plug(A);
    lends(A);
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    lives = false;
    vmm.close();
    rig.detach(A);
    lent.close();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);

    lives = true;
    vmm = host.vmm();
    vmm.plug(B);
    vmm.plug(A);
    lends(A, B);
    rig.attach(A).attach(B);

    assertThat(rig.failures()).isEmpty();
    assertThat(meets(A)).contains(Attachment.Kind.TRANSLATE);
    rig.agrees();
  }

  @Test
  void a_device_whose_vmm_has_ended_is_not_returned() {
    vmm.plug(A);
    lends(A);
    rig.attach(A);
    vmm.close();
    lives = false;

    rig.detach(A);
    lent.close();

    assertThat(meets(A)).isEmpty();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
  }

  @Test
  void the_services_end_leaves_the_device_translating_and_the_next_process_takes_over() {
    vmm.plug(A);
    SimulatedShare first = vmm.share(List.of(A));
    assertThat(space.useVmmIommufd(new VmmContext(first, IommufdHandover.NOTHING), false)).isTrue();
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    int hwpt = rig.attachment(A).orElseThrow().hwptId();
    ObjectCounts before = host.objects();

    first.close();

    assertThat(meets(A)).contains(Attachment.Kind.TRANSLATE);
    space = new VmSpace(host, "vm-1");
    VmmContext second = new VmmContext(vmm.share(List.of(A)), IommufdHandover.NOTHING);
    int devId =
        rig.state()
            .objects()
            .get(rig.state().device(Rig.sid(A)).orElseThrow().deviceHandle())
            .kernelId();
    assertThat(second.bindAgain(A, devId).isOk()).isTrue();
    assertThat(space.useVmmIommufd(second, true)).isTrue();
    long from = host.callCount();
    rig.diesAndComesBack(space, Optional.empty());
    space.sweep();

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.operations().getFirst().kind()).isEqualTo(Kind.ADOPT_DEVICE);
    assertThat(rig.attachment(A).orElseThrow().hwptId()).isEqualTo(hwpt);
    assertThat(since(from)).doesNotContain(IommuCall.DETACH, IommuCall.ALLOC_NESTED_HWPT);
    assertThat(host.objects()).as("the queue of faults is a new one").isEqualTo(before);
    rig.installs(A, Entries.translate(0x5000_0000L)).agrees();
    rig.detach(A);
    assertThat(meets(A)).contains(Attachment.Kind.STAGE_2);
  }

  @Test
  void the_sweep_after_a_restart_destroys_what_the_log_does_not_name_and_nothing_of_the_vmms() {
    vmm.plug(A);
    int devB = vmm.plug(B);
    int second = vmm.iommufd().allocIoas().value();
    SimulatedShare first = vmm.share(List.of(A));
    IommufdHandover stated = new IommufdHandover(Map.of(A, 1), OptionalInt.empty(), () -> true);
    assertThat(space.useVmmIommufd(new VmmContext(first, stated), false)).isTrue();
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    ObjectCounts before = host.objects();
    rig.places(A, Entries.translate(0x6000_0000L))
        .losesOutcomeOf(List.of(Entries.cfgiSte(Rig.sid(A)), Entries.sync()));
    first.close();

    space = new VmSpace(host, "vm-1");
    VmmContext again = new VmmContext(vmm.share(List.of(A)), IommufdHandover.NOTHING);
    assertThat(again.bindAgain(A, 1).isOk()).isTrue();
    assertThat(space.useVmmIommufd(again, true)).isTrue();
    rig.diesAndComesBack(space, Optional.empty());
    space.sweep();

    assertThat(rig.failures()).isEmpty();
    assertThat(host.objects()).isEqualTo(before);
    assertThat(vmm.iommufd().hwInfo(devB).isOk()).isTrue();
    assertThat(meets(B)).contains(Attachment.Kind.STAGE_2);
    assertThat(vmm.iommufd().destroy(second).isOk()).isTrue();
    rig.agrees();
  }

  @Test
  void one_vmms_iommufd_is_used_at_a_time_and_released_when_no_vsmmu_uses_it() {
    vmm.plug(A);
    ObjectCounts before = host.objects();
    lends(A);
    VmmContext other = new VmmContext(vmm.share(List.of()), IommufdHandover.NOTHING);
    assertThat(space.useVmmIommufd(other, false)).isFalse();
    other.close();

    space.releaseVmmIommufd();
    lent.close();

    assertThat(space.ownedByVmm()).isFalse();
    assertThat(host.objects()).isEqualTo(before);
    lends(A);
  }

  @Test
  void a_device_that_the_vmm_unplugged_is_noticed_and_let_go() {
    vmm.plug(A);
    vmm.plug(B);
    lends(A, B);
    rig.attach(A).attach(B).enable().installs(A, Entries.TRANSLATE);
    assertThat(rig.detachedByVmm()).isEmpty();

    vmm.unplug(A);

    assertThat(rig.detachedByVmm()).containsExactly(Rig.sid(A));
    rig.detach(A);
    assertThat(rig.failures()).isEmpty();
    assertThat(host.objects().devices()).isEqualTo(1);
    rig.agrees();
  }

  @ParameterizedTest
  @ValueSource(longs = {HostObject.BYPASS_WORD0, HostObject.ABORT_WORD0})
  void a_device_that_the_vmm_unplugged_from_a_proxy_leaves_the_proxy_for_the_others(long word0) {
    StreamTableEntry proxied = StreamTableEntry.ofTwoWords(word0, 0);
    vmm.plug(A);
    vmm.plug(B);
    lends(A, B);
    rig.attach(A).attach(B).enable();
    rig.installs(B, Entries.TRANSLATE).installs(A, proxied);
    long proxy = rig.state().stream(Rig.sid(A)).orElseThrow().hwpt();
    int kernelId = rig.state().objects().get(proxy).kernelId();

    vmm.unplug(A);
    assertThat(rig.detachedByVmm()).containsExactly(Rig.sid(A));
    rig.detach(A).installs(B, proxied);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.attachment(B).orElseThrow().hwptId()).isEqualTo(kernelId);
    rig.agrees();
  }

  @Test
  void an_hwpt_that_was_destroyed_to_ask_for_its_device_is_recorded_with_the_device() {
    vmm.plug(A);
    vmm.plug(B);
    lends(A, B);
    rig.attach(A).attach(B).enable().installs(A, Entries.TRANSLATE);
    long hwpt = rig.state().stream(Rig.sid(A)).orElseThrow().hwpt();
    vmm.unplug(A);
    rig.detachedByVmm();

    rig.detach(A);

    assertThat(rig.operations())
        .filteredOn(operation -> operation.kind() == Kind.DESTROY)
        .extracting(HostOperation::handle)
        .containsOnlyOnce(hwpt);
  }

  @Test
  void a_device_that_the_vmm_attached_elsewhere_is_noticed_and_stays_there() {
    vmm.plug(A);
    lends(A);
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    int elsewhere = vmm.iommufd().allocIoas().value();

    vmm.attach(A, elsewhere).value();

    assertThat(rig.detachedByVmm()).containsExactly(Rig.sid(A));
    int hwpt = rig.attachment(A).orElseThrow().hwptId();
    rig.detach(A);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.attachment(A).orElseThrow().hwptId()).isEqualTo(hwpt);
    assertThat(host.objects().nestedHwpts() + host.objects().viommus()).isZero();
  }

  @Test
  void sixty_four_devices_of_one_vmm_are_distinguished() {
    TopologyBuilder many = TopologyBuilder.standard();
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      String address = "0000:%02x:00.0".formatted(0x20 + i);
      addresses.add(address);
      many.device(
          TopologyBuilder.device(address, 100 + i, TopologyBuilder.SMMU0)
              .withStreamIds(List.of(Rig.sid(address)))
              .withAts(false)
              .withPasidLog2(0));
    }
    host.rebuild(many.build());
    List<String> bound = new ArrayList<>(addresses);
    Collections.shuffle(bound, new Random(1));
    bound.forEach(vmm::plug);
    ObjectCounts before = host.objects();
    lends(addresses.toArray(String[]::new));

    addresses.forEach(rig::attach);

    assertThat(rig.failures()).isEmpty();
    rig.agrees();
    addresses.forEach(rig::detach);
    assertThat(host.objects()).isEqualTo(before);
  }

  @Test
  void a_vmm_that_ended_while_the_service_was_away_costs_its_devices_and_opens_nothing() {
    vmm.plug(A);
    vmm.plug(B);
    IommufdHandover stated = new IommufdHandover(Map.of(A, 1), OptionalInt.empty(), () -> true);
    SimulatedShare first = vmm.share(List.of(A, B));
    assertThat(space.useVmmIommufd(new VmmContext(first, stated), false)).isTrue();
    rig.attach(A).attach(B).enable().installs(A, Entries.TRANSLATE);
    first.close();
    vmm.close();

    space = new VmSpace(host, "vm-1");
    space.setVmmEnded(true);
    rig.diesAndComesBack(space, Optional.empty()).detach(A).detach(B);
    space.setVmmEnded(false);

    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
    vmm = host.vmm();
    vmm.plug(A);
    lends(A);
    rig.attach(A);
    assertThat(rig.failures()).isEmpty();
    rig.agrees();
  }

  @Test
  void an_id_that_was_stated_is_dropped_with_the_device() {
    int first = vmm.plug(A);
    int second = vmm.plug(B);
    SimulatedShare copies = vmm.share(List.of(A, B));
    IommufdHandover stated =
        new IommufdHandover(Map.of(A, first, B, second), OptionalInt.empty(), () -> true);
    VmmContext context = new VmmContext(copies, stated);
    context.bind(A).value();
    context.bind(B).value();
    context.unbind(first);
    context.unbind(second);
    vmm.unplug(A);
    vmm.unplug(B);

    int now = vmm.plug(B);
    copies.add(B);

    assertThat(now).isNotEqualTo(second);
    assertThat(context.bind(B)).isEqualTo(HostResult.ok(now));
  }

  @Test
  void a_device_that_comes_back_to_the_same_vmm_finds_its_new_address_space() {
    vmm.plug(A);
    SimulatedShare copies = vmm.share(List.of(A));
    VmmContext context = new VmmContext(copies, IommufdHandover.NOTHING);
    assertThat(space.useVmmIommufd(context, false)).isTrue();
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    vmm.unplug(A);
    assertThat(rig.detachedByVmm()).hasSize(1);
    rig.detach(A);
    int left = vmm.ioas();

    int second = vmm.iommufd().allocIoas().value();
    vmm.bind(A);
    vmm.attach(A, second).value();
    copies.add(A);
    assertThat(space.useVmmIommufd(context, false)).isTrue();
    rig.attach(A);

    assertThat(rig.failures()).isEmpty();
    assertThat(context.allocIoas().value()).isEqualTo(second).isNotEqualTo(left);
    rig.agrees();
  }
}
