package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.host.vmm.VmmRefusal;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Objects are allocated and found on a VMM's iommufd through copies of its descriptors. */
interface VmmOwnedRules extends HostUnderTest {

  int LOOK_AT = 8;

  /** A VMM; a test closes it. */
  ScriptedVmm vmm();

  private static VmmContext taken(ScriptedVmm vmm, String... addresses) {
    return new VmmContext(vmm.share(List.of(addresses)), IommufdHandover.NOTHING);
  }

  private static IommufdHandover stated(Map<String, Integer> devIds) {
    return new IommufdHandover(devIds, OptionalInt.empty(), () -> true);
  }

  /** The lowest free ids, which show how many objects exist. */
  private static List<Integer> free(SharedIommufd shared) {
    List<Integer> ids =
        java.util.stream.Stream.generate(() -> shared.allocIoas().value()).limit(LOOK_AT).toList();
    ids.forEach(shared::destroy);
    return ids;
  }

  private void assertRefused(VmmContext context, String address, VmmRefusal why) {
    assertRefused(context.bind(address), why.errno());
    assertThat(context.refusal(address)).contains(why);
  }

  @Test
  default void a_device_and_its_ioas_are_found_on_the_vmms_iommufd() {
    try (ScriptedVmm vmm = vmm()) {
      int devId = vmm.plug(device());
      try (SharedIommufd watch = vmm.share(List.of());
          VmmContext context = taken(vmm, device())) {
        List<Integer> before = free(watch);

        assertThat(context.bind(device())).isEqualTo(HostResult.ok(devId));

        assertThat(context.allocIoas()).isEqualTo(HostResult.ok(vmm.ioas()));
        assertThat(context.devices()).isEqualTo(Map.of(device(), devId));
        assertThat(free(watch)).as("nothing is left of the search").isEqualTo(before);
      }
    }
  }

  @Test
  default void allocated_objects_are_freed_with_the_context_and_the_vmms_objects_stay() {
    try (ScriptedVmm vmm = vmm()) {
      int devId = vmm.plug(device());
      try (SharedIommufd watch = vmm.share(List.of())) {
        List<Integer> before = free(watch);
        VmmContext context = taken(vmm, device());
        context.bind(device()).value();
        int s2 = context.allocNestingParent(devId, vmm.ioas()).value();
        int viommu = context.allocViommu(devId, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value();
        assertOk(context.allocVdevice(viommu, devId, VSID));
        assertOk(context.allocVeventq(viommu, IommuContext.VEVENTQ_TYPE_ARM_SMMUV3, 8));
        int stage1 = context.allocNestedHwpt(devId, viommu, 0, STE_TRANSLATE, 0).value();
        assertOk(context.attach(devId, stage1));
        assertThat(context.destroy(stage1).refusal()).contains(Errno.EBUSY);
        assertRefused(context.destroy(vmm.ioas()), Errno.ENOENT);
        assertRefused(context.destroy(devId), Errno.ENOENT);

        context.close();

        assertThat(free(watch)).isEqualTo(before);
        assertThat(watch.isIoasInUse(vmm.ioas())).isEqualTo(HostResult.ok(true));
      }
    }
  }

  @Test
  default void a_device_that_was_given_back_can_be_unplugged_and_plugged_in_again() {
    try (ScriptedVmm vmm = vmm()) {
      int first = vmm.plug(device());
      try (VmmContext context = taken(vmm, device())) {
        context.bind(device()).value();
        assertOk(context.detach(first));
        assertOk(context.unbind(first));
        vmm.unplug(device());
        assertThat(context.exists(first)).isFalse();
      }
      int second = vmm.plug(device());
      try (VmmContext context = taken(vmm, device())) {
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(second));
      }
    }
  }

  @Test
  default void a_device_that_was_unplugged_under_us_is_bound_until_it_is_given_back() {
    try (ScriptedVmm vmm = vmm()) {
      int devId = vmm.plug(device());
      try (VmmContext context = taken(vmm, device())) {
        context.bind(device()).value();
        vmm.unplug(device());
        assertThat(context.exists(devId)).isTrue();

        assertOk(context.unbind(devId));

        assertThat(context.exists(devId)).isFalse();
      }
    }
  }

  @Test
  default void a_device_that_the_vmm_has_not_bound_is_waited_for() {
    try (ScriptedVmm vmm = vmm();
        ScriptedVmm later = vmm()) {
      vmm.plug(neighbour());
      int devId = later.bind(device());
      try (VmmContext context = taken(later, device())) {
        assertRefused(context.bind(device()), VmmRefusal.NO_IOAS.errno());
        later.attach(device(), later.ioas());
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(devId));
      }
    }
  }

  @Test
  default void a_device_whose_file_did_not_come_is_refused() {
    try (ScriptedVmm vmm = vmm()) {
      vmm.plug(device());
      try (VmmContext context = taken(vmm, device())) {
        assertRefused(context, neighbour(), VmmRefusal.NO_FILE);
      }
    }
  }

  @Test
  default void a_file_that_is_bound_to_another_iommufd_is_refused_and_its_device_left_alone() {
    try (ScriptedVmm vmm = vmm();
        ScriptedVmm other = vmm()) {
      vmm.plug(device());
      other.plug(neighbour());
      try (SharedIommufd watch = vmm.share(List.of());
          SharedIommufd watchOther = other.share(List.of());
          VmmContext context =
              new VmmContext(vmm.shareWith(other, neighbour()), IommufdHandover.NOTHING)) {
        List<Integer> before = free(watch);
        List<Integer> beforeOther = free(watchOther);

        assertRefused(context, neighbour(), VmmRefusal.OTHER_IOMMUFD);

        assertThat(free(watch)).isEqualTo(before);
        assertThat(free(watchOther)).isEqualTo(beforeOther);
        assertThat(watchOther.isIoasInUse(other.ioas())).isEqualTo(HostResult.ok(true));
      }
    }
  }

  @Test
  default void a_file_of_an_iommufd_without_devices_is_refused() {
    try (ScriptedVmm vmm = vmm();
        ScriptedVmm other = vmm()) {
      other.plug(device());
      try (VmmContext context =
          new VmmContext(vmm.shareWith(other, device()), IommufdHandover.NOTHING)) {
        assertRefused(context, device(), VmmRefusal.OTHER_IOMMUFD);
      }
    }
  }

  @Test
  default void devices_that_do_no_dma_yet_are_distinguished_by_an_experiment() {
    try (ScriptedVmm vmm = vmm()) {
      int second = vmm.plug(neighbour());
      int first = vmm.plug(device());
      int third = vmm.plug(foreigner());
      try (SharedIommufd watch = vmm.share(List.of());
          VmmContext context = taken(vmm, device(), neighbour(), foreigner())) {
        List<Integer> before = free(watch);

        assertThat(context.bind(device())).isEqualTo(HostResult.ok(first));
        assertThat(context.bind(neighbour())).isEqualTo(HostResult.ok(second));
        assertThat(context.bind(foreigner())).isEqualTo(HostResult.ok(third));

        assertThat(free(watch)).isEqualTo(before);
      }
    }
  }

  @Test
  default void one_behind_another_smmu_is_distinguished_while_it_does_dma() {
    try (ScriptedVmm vmm = vmm()) {
      int first = vmm.plug(device());
      int third = vmm.plug(foreigner());
      vmm.enableDma(device());
      vmm.enableDma(foreigner());
      try (VmmContext context = taken(vmm, device(), foreigner())) {
        assertThat(context.bind(foreigner())).isEqualTo(HostResult.ok(third));
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(first));
      }
    }
  }

  @Test
  default void devices_that_may_do_dma_are_ambiguous_unless_their_ids_are_stated() {
    try (ScriptedVmm vmm = vmm()) {
      int first = vmm.plug(device());
      int second = vmm.plug(neighbour());
      vmm.enableDma(device());
      vmm.enableDma(neighbour());
      try (SharedIommufd watch = vmm.share(List.of());
          VmmContext context = taken(vmm, device(), neighbour())) {
        List<Integer> before = free(watch);

        assertRefused(context, device(), VmmRefusal.AMBIGUOUS_DEVICE);

        assertThat(free(watch)).isEqualTo(before);
        assertThat(context.devices()).isEmpty();
      }
      SharedIommufd copy = vmm.share(List.of(device(), neighbour()));
      try (VmmContext context = new VmmContext(copy, stated(Map.of(device(), first)))) {
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(first));
        assertThat(context.bind(neighbour()))
            .as("the only one left")
            .isEqualTo(HostResult.ok(second));
      }
    }
  }

  @Test
  default void an_id_that_is_another_devices_is_refused_where_that_can_be_proved() {
    try (ScriptedVmm vmm = vmm()) {
      int first = vmm.plug(device());
      int second = vmm.plug(neighbour());
      int third = vmm.plug(foreigner());
      for (int wrong : List.of(second, third, vmm.ioas(), 400)) {
        SharedIommufd copy = vmm.share(List.of(device()));
        try (VmmContext context = new VmmContext(copy, stated(Map.of(device(), wrong)))) {
          assertRefused(context, device(), VmmRefusal.WRONG_ID);
        }
      }
      SharedIommufd copy = vmm.share(List.of(device()));
      try (VmmContext context = new VmmContext(copy, stated(Map.of(device(), first)))) {
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(first));
      }
    }
  }

  @Test
  default void
      devices_of_one_group_are_ambiguous_unless_one_id_is_stated_and_are_returned_together() {
    String one = group().getFirst();
    String two = group().getLast();
    try (ScriptedVmm vmm = vmm()) {
      int first = vmm.plug(one);
      int second = vmm.plug(two);
      try (VmmContext context = taken(vmm, one, two)) {
        assertRefused(context, one, VmmRefusal.AMBIGUOUS_DEVICE);
      }
      try (SharedIommufd watch = vmm.share(List.of())) {
        List<Integer> before = free(watch);
        SharedIommufd copy = vmm.share(List.of(one, two));
        VmmContext context = new VmmContext(copy, stated(Map.of(one, first)));
        assertThat(context.bind(one)).isEqualTo(HostResult.ok(first));
        assertThat(context.bind(two)).isEqualTo(HostResult.ok(second));
        int s2 = context.allocNestingParent(first, vmm.ioas()).value();
        int viommu = context.allocViommu(first, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value();
        int bypass = context.allocNestedHwpt(first, viommu, 0, STE_BYPASS, 0).value();
        assertOk(context.attach(first, bypass));
        assertOk(context.attach(second, bypass));
        assertOk(context.detach(first));
        assertOk(context.unbind(first));
        assertOk(context.detach(second));
        assertOk(context.unbind(second));
        assertOk(context.destroy(bypass));
        context.close();
        assertThat(free(watch)).isEqualTo(before);
      }
    }
  }

  @Test
  default void behind_a_port_the_kernel_reports_the_device_ids_even_while_the_devices_do_dma() {
    String one = groupBehindPort().getFirst();
    String two = groupBehindPort().getLast();
    try (ScriptedVmm vmm = vmm();
        ScriptedVmm other = vmm()) {
      int second = vmm.plug(two);
      int first = vmm.plug(one);
      vmm.enableDma(one);
      vmm.enableDma(two);
      try (SharedIommufd watch = vmm.share(List.of());
          VmmContext context = taken(vmm, one, two)) {
        List<Integer> before = free(watch);
        assertThat(context.bind(one)).isEqualTo(HostResult.ok(first));
        assertThat(context.bind(two)).isEqualTo(HostResult.ok(second));
        assertThat(free(watch)).isEqualTo(before);
      }
      try (VmmContext context =
          new VmmContext(vmm.share(List.of(one)), stated(Map.of(one, second)))) {
        assertRefused(context, one, VmmRefusal.WRONG_ID);
      }
      other.plug(neighbour());
      try (VmmContext context =
          new VmmContext(other.shareWith(vmm, one), IommufdHandover.NOTHING)) {
        assertRefused(context, one, VmmRefusal.OTHER_IOMMUFD);
      }
    }
  }

  @Test
  default void a_vmm_that_nests_itself_is_refused() {
    try (ScriptedVmm vmm = vmm()) {
      int devId = vmm.plug(device());
      try (SharedIommufd own = vmm.share(List.of());
          VmmContext context = taken(vmm, device())) {
        int s2 = own.allocNestingParent(devId, vmm.ioas()).value();
        int viommu = own.allocViommu(devId, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value();

        assertRefused(context, device(), VmmRefusal.VMM_NESTS);

        assertOk(own.destroy(viommu));
        assertOk(own.destroy(s2));
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(devId));
      }
    }
  }

  @Test
  default void of_several_ioases_the_one_with_devices_is_used_or_the_one_that_is_stated() {
    try (ScriptedVmm vmm = vmm()) {
      int devId = vmm.plug(device());
      int left = vmm.secondIoas();
      try (VmmContext context = taken(vmm, device())) {
        context.bind(device()).value();
        assertThat(context.allocIoas()).isEqualTo(HostResult.ok(vmm.ioas()));
      }
      vmm.plug(neighbour());
      vmm.attach(neighbour(), left);
      try (VmmContext context = taken(vmm, device())) {
        assertRefused(context.bind(device()), VmmRefusal.AMBIGUOUS_IOAS.errno());
      }
      IommufdHandover terms =
          new IommufdHandover(Map.of(device(), devId), OptionalInt.of(vmm.ioas()), () -> true);
      try (VmmContext context = new VmmContext(vmm.share(List.of(device())), terms)) {
        assertThat(context.bind(device())).isEqualTo(HostResult.ok(devId));
      }
    }
  }

  @Test
  default void what_the_vmm_maps_is_mapped_for_the_guest_too() {
    try (ScriptedVmm vmm = vmm()) {
      vmm.plug(device());
      try (VmmContext context = taken(vmm, device())) {
        context.bind(device()).value();
        assertOk(context.map(vmm.ioas(), 0x4000_0000L, PAGE, MapAccess.READ_WRITE, ram()));
        assertOk(context.unmap(vmm.ioas(), 0x4000_0000L, PAGE));
      }
    }
  }
}
