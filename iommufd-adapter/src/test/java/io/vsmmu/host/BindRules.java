package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/** Binding devices: drivers/vfio/device_cdev.c, drivers/iommu/iommufd/device.c. */
public interface BindRules extends HostUnderTest {

  @Test
  default void unknown_device_cannot_be_bound() {
    assertRefused(context().bind("ffff:ff:1f.7"), Errno.ENOENT);
  }

  @Test
  default void bound_device_cannot_be_bound_again() {
    assertOk(context().bind(device()));
    assertRefused(context().bind(device()), Errno.EINVAL);
  }

  @Test
  default void device_bound_elsewhere_cannot_be_bound() {
    assertOk(context().bind(device()));
    try (IommuContext other = host().open().value()) {
      assertRefused(other.bind(device()), Errno.EINVAL);
    }
  }

  @Test
  default void group_belongs_to_one_iommufd() {
    assertOk(context().bind(group().getFirst()));
    try (IommuContext other = host().open().value()) {
      assertRefused(other.bind(group().getLast()), Errno.EPERM);
      assertOk(context().bind(group().getLast()));
    }
  }

  @Test
  default void unbound_device_can_be_bound_again() {
    int dev = context().bind(device()).value();
    assertOk(context().unbind(dev));
    assertRefused(context().hwInfo(dev), Errno.ENOENT);
    assertOk(context().bind(device()));
  }

  @Test
  default void unbinding_detaches() {
    Guest guest = guest();
    assertOk(context().attach(guest.dev(), guest.s2()));
    assertOk(context().unbind(guest.dev()));
    assertOk(context().destroy(guest.viommu()));
    assertOk(context().destroy(guest.s2()));
  }

  @Test
  default void bound_device_cannot_be_destroyed() {
    int dev = context().bind(device()).value();
    assertRefused(context().destroy(dev), Errno.EBUSY);
  }

  @Test
  default void hw_info_names_an_smmuv3_that_nests() {
    HwInfo info = context().hwInfo(context().bind(device()).value()).value();
    assertThat(info.dataType()).isEqualTo(HwInfo.TYPE_ARM_SMMUV3);
    assertThat(IdMask.S1P.get(info.ids().idr())).isEqualTo(1);
    assertThat(IdMask.S2P.get(info.ids().idr())).isEqualTo(1);
    assertThat(info.maxPasidLog2()).isBetween(0, 20);
  }

  @Test
  default void configuration_space_of_a_bound_device_is_whole_and_hides_pasids() {
    assertOk(context().bind(device()));
    ConfigSpace space = host().configSpace(device()).orElseThrow();
    assertThat(space.bytes().length).isIn(ConfigSpace.LEGACY_BYTES, ConfigSpace.BYTES);
    assertThat((space.bytes()[0] & 0xFF) | (space.bytes()[1] & 0xFF) << 8).isNotIn(0, 0xFFFF);
    assertThat(space.hasExtended(ConfigSpace.PASID)).isFalse();
    assertThat(host().configSpace("ffff:ff:1f.7")).isEmpty();
  }

  @Test
  default void hw_info_needs_a_device() {
    int ioas = context().allocIoas().value();
    assertRefused(context().hwInfo(ioas), Errno.ENOENT);
    assertRefused(context().hwInfo(ioas + 1), Errno.ENOENT);
  }

  @Test
  default void description_holds_the_devices_and_their_smmus() {
    HostDescription description = host().describe();
    HostDescription.Device own = description.device(device()).orElseThrow();
    HostDescription.Device foreign = description.device(foreigner()).orElseThrow();
    assertThat(own.boundToVfio()).isTrue();
    assertThat(own.smmu()).isNotEqualTo(foreign.smmu());
    assertThat(description.smmus())
        .extracting(HostDescription.PhysicalSmmu::name)
        .contains(own.smmu(), foreign.smmu());
    assertThat(group())
        .extracting(address -> description.device(address).orElseThrow().iommuGroup())
        .hasSize(2)
        .containsOnly(description.device(group().getFirst()).orElseThrow().iommuGroup());
  }

  @Test
  default void closed_context_refuses_everything() {
    IommuContext closed = host().open().value();
    closed.close();
    closed.close();
    assertRefused(closed.allocIoas(), Errno.EBADF);
    assertRefused(closed.bind(device()), Errno.EBADF);
    assertThat(closed.invalidate(1, InvalidationBatch.of(TLBI_NH_ALL, 0)).errno())
        .contains(Errno.EBADF);
  }

  @Test
  default void closing_frees_the_devices_for_others() {
    IommuContext first = host().open().value();
    assertOk(first.bind(group().getFirst()));
    first.close();
    assertOk(context().bind(group().getFirst()));
    assertOk(context().bind(group().getLast()));
  }
}
