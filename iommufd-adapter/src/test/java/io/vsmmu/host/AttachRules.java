package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/** Attaching: drivers/iommu/iommufd/device.c; arm-smmu-v3-iommufd.c, arm_smmu_attach_dev_nested. */
public interface AttachRules extends HostUnderTest {

  @Test
  default void translate_hwpt_needs_a_vdevice() {
    Guest guest = guest();
    int hwpt = nested(guest, STE_TRANSLATE);
    assertRefused(context().attach(guest.dev(), hwpt), Errno.ENOENT);
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), VSID));
    assertThat(context().attach(guest.dev(), hwpt).value()).isEqualTo(hwpt);
  }

  @Test
  default void abort_and_bypass_hwpts_need_no_vdevice() {
    Guest guest = guest();
    assertOk(context().attach(guest.dev(), nested(guest, STE_ABORT)));
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
  }

  @Test
  default void refused_replacement_keeps_what_was_attached() {
    Guest guest = guest();
    int bypass = nested(guest, STE_BYPASS);
    int translate = nested(guest, STE_TRANSLATE);
    assertOk(context().attach(guest.dev(), bypass));
    assertRefused(context().attach(guest.dev(), translate), Errno.ENOENT);
    assertRefused(context().destroy(bypass), Errno.EBUSY);
    assertOk(context().destroy(translate));
  }

  @Test
  default void attach_needs_device_and_page_table() {
    Guest guest = guest();
    assertRefused(context().attach(guest.ioas(), guest.s2()), Errno.ENOENT);
    assertRefused(context().attach(guest.dev(), 99), Errno.ENOENT);
    assertRefused(context().attach(guest.dev(), guest.viommu()), Errno.EINVAL);
    assertRefused(context().attach(guest.dev(), guest.dev()), Errno.EINVAL);
  }

  @Test
  default void hwpt_is_not_attached_across_physical_smmus() {
    Guest guest = guest();
    int foreign = context().bind(foreigner()).value();
    assertRefused(context().attach(foreign, guest.s2()), Errno.EINVAL);
    assertRefused(context().attach(foreign, nested(guest, STE_BYPASS)), Errno.EINVAL);
  }

  @Test
  default void attaching_an_ioas_allocates_an_hwpt_that_is_destroyed_with_the_attachment() {
    int dev = context().bind(device()).value();
    int ioas = context().allocIoas().value();
    int automatic = context().attach(dev, ioas).value();
    assertThat(automatic).isNotEqualTo(ioas);
    assertRefused(context().destroy(automatic), Errno.EBUSY);
    assertOk(context().detach(dev));
    assertRefused(context().destroy(automatic), Errno.ENOENT);
    assertOk(context().destroy(ioas));
  }

  @Test
  default void attached_ioas_gives_way_to_a_nested_hwpt() {
    Guest guest = guest();
    int automatic = context().attach(guest.dev(), guest.ioas()).value();
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertRefused(context().destroy(automatic), Errno.ENOENT);
  }

  @Test
  default void detaching_twice_does_nothing() {
    Guest guest = guest();
    assertOk(context().attach(guest.dev(), guest.s2()));
    assertOk(context().detach(guest.dev()));
    assertOk(context().detach(guest.dev()));
    assertRefused(context().detach(guest.ioas()), Errno.ENOENT);
  }

  @Test
  default void devices_of_a_group_sit_on_the_same_hwpt() {
    Guest guest = guest(group().getFirst());
    int second = context().bind(group().getLast()).value();
    int abort = nested(guest, STE_ABORT);
    int bypass = nested(guest, STE_BYPASS);
    assertOk(context().attach(guest.dev(), abort));
    assertRefused(context().attach(second, bypass), Errno.EINVAL);
    assertOk(context().attach(second, abort));
  }

  @Test
  default void group_moves_together() {
    Guest guest = guest(group().getFirst());
    int second = context().bind(group().getLast()).value();
    int abort = nested(guest, STE_ABORT);
    int bypass = nested(guest, STE_BYPASS);
    assertOk(context().attach(guest.dev(), abort));
    assertOk(context().attach(second, abort));
    assertOk(context().attach(guest.dev(), bypass));
    assertOk(context().destroy(abort));
    assertOk(context().detach(guest.dev()));
    assertRefused(context().destroy(bypass), Errno.EBUSY);
    assertOk(context().detach(second));
    assertOk(context().destroy(bypass));
  }

  @Test
  default void translate_hwpt_needs_a_vdevice_for_each_device_of_the_group() {
    Guest guest = guest(group().getFirst());
    int second = context().bind(group().getLast()).value();
    int translate = nested(guest, STE_TRANSLATE);
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), VSID));
    assertRefused(context().attach(guest.dev(), translate), Errno.ENOENT);
    assertOk(context().allocVdevice(guest.viommu(), second, VSID + 1));
    assertOk(context().attach(guest.dev(), translate));
    assertOk(context().attach(second, translate));
  }
}
