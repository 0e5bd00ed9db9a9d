package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.posix.Errno;
import org.junit.jupiter.api.Test;

/** What a device's DMA meets: arm-smmu-v3.c, arm_smmu_make_nested_domain_ste; IHI 0070, 3.3. */
public interface DmaRules extends HostUnderTest {

  long DMA = 0x5000_0000L;

  private Guest guestWithRam(String address) {
    Guest guest = guest(address);
    assertOk(context().map(guest.ioas(), DMA, 2 * PAGE, MapAccess.READ_WRITE, ram()));
    return guest;
  }

  private void assertReaches(Guest guest, String address, boolean expected) {
    var reached = reaches(guest, address, DMA);
    assumeTrue(reached.isPresent(), address + " does no DMA on command");
    assertThat(reached).contains(expected);
  }

  @Test
  default void nesting_parent_reaches_guest_memory() {
    Guest guest = guestWithRam(device());
    assertOk(context().attach(guest.dev(), guest.s2()));
    assertReaches(guest, device(), true);
  }

  @Test
  default void bypass_reaches_guest_memory_and_abort_does_not() {
    Guest guest = guestWithRam(device());
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertReaches(guest, device(), true);
    assertOk(context().attach(guest.dev(), nested(guest, STE_ABORT)));
    assertReaches(guest, device(), false);
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertReaches(guest, device(), true);
  }

  @Test
  default void refused_replacement_goes_on_reaching_memory() {
    Guest guest = guestWithRam(device());
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertRefused(context().attach(guest.dev(), nested(guest, STE_TRANSLATE)), Errno.ENOENT);
    assertReaches(guest, device(), true);
  }

  @Test
  default void detached_device_reaches_nothing_until_it_is_attached_again() {
    Guest guest = guestWithRam(device());
    int bypass = nested(guest, STE_BYPASS);
    assertOk(context().attach(guest.dev(), bypass));
    assertOk(context().detach(guest.dev()));
    assertReaches(guest, device(), false);
    assertOk(context().attach(guest.dev(), bypass));
    assertReaches(guest, device(), true);
  }

  @Test
  default void unmapped_memory_is_not_reached() {
    Guest guest = guestWithRam(device());
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertReaches(guest, device(), true);
    assertOk(context().unmap(guest.ioas(), DMA, 2 * PAGE));
    assertReaches(guest, device(), false);
  }

  @Test
  default void device_is_detached_while_it_translates() {
    Guest guest = guestWithRam(device());
    assertOk(context().allocVdevice(guest.viommu(), guest.dev(), VSID));
    contextTables(guest, CONTEXT_POINTER);
    int translate = nested(guest, STE_TRANSLATE);
    assertOk(context().attach(guest.dev(), translate));
    assertReaches(guest, device(), false);
    assertOk(context().detach(guest.dev()));
    assertOk(context().destroy(translate));
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertReaches(guest, device(), true);
  }

  @Test
  default void two_viommus_of_one_guest_share_its_memory() {
    Guest first = guestWithRam(device());
    int dev = context().bind(neighbour()).value();
    int viommu =
        context().allocViommu(dev, first.s2(), IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value();
    Guest second = new Guest(dev, first.ioas(), first.s2(), viommu);
    assertOk(context().allocVdevice(first.viommu(), first.dev(), VSID));
    assertOk(context().allocVdevice(viommu, dev, VSID));
    assertOk(context().attach(first.dev(), nested(first, STE_BYPASS)));
    assertOk(context().attach(dev, nested(second, STE_ABORT)));
    assertReaches(first, device(), true);
    assertReaches(second, neighbour(), false);
    assertOk(context().attach(dev, nested(second, STE_BYPASS)));
    assertReaches(second, neighbour(), true);
  }

  @Test
  default void guest_on_two_physical_smmus_has_one_memory() {
    Guest first = guestWithRam(device());
    int dev = context().bind(foreigner()).value();
    int s2 = context().allocNestingParent(dev, first.ioas()).value();
    Guest second =
        new Guest(
            dev,
            first.ioas(),
            s2,
            context().allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value());
    assertOk(context().attach(first.dev(), nested(first, STE_BYPASS)));
    assertOk(context().attach(dev, nested(second, STE_BYPASS)));
    assertReaches(first, device(), true);
    assertReaches(second, foreigner(), true);
  }

  @Test
  default void both_devices_of_a_group_reach_the_same_memory() {
    Guest guest = guestWithRam(group().getFirst());
    int second = context().bind(group().getLast()).value();
    int bypass = nested(guest, STE_BYPASS);
    assertOk(context().attach(guest.dev(), bypass));
    assertOk(context().attach(second, bypass));
    assertReaches(guest, group().getFirst(), true);
    assertReaches(guest, group().getLast(), true);
    assertOk(context().attach(guest.dev(), nested(guest, STE_ABORT)));
    assertReaches(guest, group().getLast(), false);
  }

  @Test
  default void stream_id_of_a_departed_device_serves_another() {
    Guest guest = guestWithRam(device());
    int other = context().bind(neighbour()).value();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    assertOk(context().attach(guest.dev(), nested(guest, STE_BYPASS)));
    assertOk(context().detach(guest.dev()));
    assertOk(context().destroy(vdevice));
    assertOk(context().allocVdevice(guest.viommu(), other, VSID));
    assertOk(context().attach(other, nested(guest, STE_BYPASS)));
    assertThat(invalidate(guest, CFGI_CD_ALL | SID_FIELD, 0).isComplete()).isTrue();
    assertReaches(guest, neighbour(), true);
    assertReaches(guest, device(), false);
  }
}
