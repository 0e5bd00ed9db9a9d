package io.vsmmu.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/** vDEVICEs: drivers/iommu/iommufd/viommu.c, iommufd_vdevice_alloc_ioctl. */
public interface VdeviceRules extends HostUnderTest {

  @Test
  default void vdevice_needs_viommu_and_device() {
    Guest guest = guest();
    assertRefused(context().allocVdevice(guest.s2(), guest.dev(), VSID), Errno.ENOENT);
    assertRefused(context().allocVdevice(guest.viommu(), guest.ioas(), VSID), Errno.ENOENT);
  }

  @Test
  default void device_has_one_vdevice() {
    Guest guest = guestWithVdevice();
    assertRefused(context().allocVdevice(guest.viommu(), guest.dev(), VSID + 1), Errno.EEXIST);
  }

  @Test
  default void virt_id_is_unique_within_a_viommu() {
    Guest guest = guestWithVdevice();
    int other = context().bind(neighbour()).value();
    assertRefused(context().allocVdevice(guest.viommu(), other, VSID), Errno.EEXIST);
    assertOk(context().allocVdevice(guest.viommu(), other, VSID + 8));
  }

  @Test
  default void virt_id_zero_is_allowed() {
    Guest guest = guest();
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), 0));
  }

  @Test
  default void vdevice_is_not_made_across_physical_smmus() {
    Guest guest = guest();
    int foreign = context().bind(foreigner()).value();
    assertRefused(context().allocVdevice(guest.viommu(), foreign, VSID), Errno.EINVAL);
  }

  @Test
  default void virt_id_of_a_destroyed_vdevice_is_free() {
    Guest guest = guest();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    assertOk(context().destroy(vdevice));
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), VSID));
  }

  @Test
  default void device_with_several_stream_ids_gets_no_vdevice() {
    assumeTrue(aliased().isPresent(), "no device with several StreamIDs");
    Guest guest = guest(aliased().orElseThrow());
    assertRefused(context().allocVdevice(guest.viommu(), guest.dev(), VSID), Errno.EOPNOTSUPP);
    assertOk(context().attach(guest.dev(), guest.s2()));
  }
}
