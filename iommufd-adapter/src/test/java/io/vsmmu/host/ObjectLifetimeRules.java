package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/**
 * Which object keeps which from being destroyed: drivers/iommu/iommufd/main.c, hw_pagetable.c,
 * viommu.c.
 */
public interface ObjectLifetimeRules extends HostUnderTest {

  @Test
  default void unknown_object_cannot_be_destroyed() {
    assertRefused(context().destroy(77), Errno.ENOENT);
  }

  @Test
  default void destroyed_object_is_gone() {
    int ioas = context().allocIoas().value();
    assertOk(context().destroy(ioas));
    assertRefused(context().destroy(ioas), Errno.ENOENT);
  }

  @Test
  default void lowest_free_id_is_given_out_again() {
    int first = context().allocIoas().value();
    int second = context().allocIoas().value();
    int third = context().allocIoas().value();
    assertThat(second).isEqualTo(first + 1);
    assertThat(third).isEqualTo(first + 2);
    assertOk(context().destroy(second));
    assertThat(context().allocIoas().value()).isEqualTo(second);
    assertThat(context().allocIoas().value()).isEqualTo(third + 1);
  }

  @Test
  default void ioas_stays_while_an_hwpt_maps_it() {
    Guest guest = guest();
    assertRefused(context().destroy(guest.ioas()), Errno.EBUSY);
  }

  @Test
  default void nesting_parent_stays_while_a_viommu_uses_it() {
    Guest guest = guest();
    assertRefused(context().destroy(guest.s2()), Errno.EBUSY);
  }

  @Test
  default void viommu_stays_while_a_vdevice_uses_it() {
    Guest guest = guest();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    assertRefused(context().destroy(guest.viommu()), Errno.EBUSY);
    assertOk(context().destroy(vdevice));
    assertOk(context().destroy(guest.viommu()));
  }

  @Test
  default void viommu_stays_while_a_nested_hwpt_uses_it() {
    Guest guest = guest();
    int hwpt = nested(guest, STE_ABORT);
    assertRefused(context().destroy(guest.viommu()), Errno.EBUSY);
    assertOk(context().destroy(hwpt));
    assertOk(context().destroy(guest.viommu()));
  }

  @Test
  default void attached_hwpt_cannot_be_destroyed() {
    Guest guest = guestWithVdevice();
    int hwpt = nested(guest, STE_TRANSLATE);
    assertOk(context().attach(guest.dev(), hwpt));
    assertRefused(context().destroy(hwpt), Errno.EBUSY);
  }

  @Test
  default void replaced_hwpt_can_be_destroyed_and_its_id_is_used_again() {
    Guest guest = guestWithVdevice();
    int old = nested(guest, STE_ABORT);
    assertOk(context().attach(guest.dev(), old));
    assertOk(context().attach(guest.dev(), nested(guest, STE_TRANSLATE)));
    assertOk(context().destroy(old));
    assertThat(nested(guest, STE_BYPASS)).isEqualTo(old);
  }

  @Test
  default void graph_is_destroyed_from_its_leaves_to_its_root() {
    Guest guest = guest();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    int hwpt = nested(guest, STE_TRANSLATE);
    assertOk(context().attach(guest.dev(), hwpt));
    assertOk(context().detach(guest.dev()));
    for (int id : new int[] {hwpt, vdevice, guest.viommu(), guest.s2(), guest.ioas()}) {
      assertOk(context().destroy(id));
    }
    assertOk(context().unbind(guest.dev()));
  }

  @Test
  default void vdevice_of_a_departed_device_leaves_its_id_reserved() {
    Guest guest = guest();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    assertOk(context().unbind(guest.dev()));
    assertRefused(context().destroy(vdevice), Errno.ENOENT);
    assertThat(context().allocIoas().value()).isEqualTo(guest.dev());
    assertThat(context().allocIoas().value()).isGreaterThan(vdevice);
    assertOk(context().destroy(guest.viommu()));
  }

  @Test
  default void nesting_parent_needs_device_and_ioas() {
    int dev = context().bind(device()).value();
    int ioas = context().allocIoas().value();
    assertRefused(context().allocNestingParent(ioas, ioas), Errno.ENOENT);
    assertRefused(context().allocNestingParent(dev, dev), Errno.EINVAL);
    assertRefused(context().allocNestingParent(dev, 99), Errno.EINVAL);
  }

  @Test
  default void viommu_needs_device_and_nesting_parent() {
    Guest guest = guest();
    assertRefused(
        context().allocViommu(guest.ioas(), guest.s2(), IommuContext.VIOMMU_TYPE_ARM_SMMUV3),
        Errno.ENOENT);
    assertRefused(
        context().allocViommu(guest.dev(), guest.ioas(), IommuContext.VIOMMU_TYPE_ARM_SMMUV3),
        Errno.ENOENT);
    assertRefused(
        context()
            .allocViommu(
                guest.dev(), nested(guest, STE_ABORT), IommuContext.VIOMMU_TYPE_ARM_SMMUV3),
        Errno.ENOENT);
  }

  @Test
  default void automatic_hwpt_is_no_nesting_parent() {
    int dev = context().bind(device()).value();
    int ioas = context().allocIoas().value();
    int automatic = context().attach(dev, ioas).value();
    assertRefused(
        context().allocViommu(dev, automatic, IommuContext.VIOMMU_TYPE_ARM_SMMUV3), Errno.EINVAL);
  }

  @Test
  default void nesting_parent_is_not_shared_across_physical_smmus() {
    Guest guest = guest();
    int foreign = context().bind(foreigner()).value();
    assertRefused(
        context().allocViommu(foreign, guest.s2(), IommuContext.VIOMMU_TYPE_ARM_SMMUV3),
        Errno.EINVAL);
  }

  @Test
  default void nesting_parent_is_shared_on_one_physical_smmu() {
    Guest guest = guest();
    int other = context().bind(neighbour()).value();
    assertOk(context().allocViommu(other, guest.s2(), IommuContext.VIOMMU_TYPE_ARM_SMMUV3));
  }
}
