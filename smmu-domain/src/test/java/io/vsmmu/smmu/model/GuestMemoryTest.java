package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConnectVmm;
import io.vsmmu.smmu.stimulus.Stimulus.DisconnectVmm;
import io.vsmmu.smmu.stimulus.Stimulus.MapMemory;
import io.vsmmu.smmu.stimulus.Stimulus.UnmapMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A VMM comes, shares memory, and goes. */
class GuestMemoryTest {

  private static final long PAGE = 0x1000;

  private static Guest connected() {
    return Guest.created().meets(new ConnectVmm(4711, 1000));
  }

  private static MapMemory map(long address, long size) {
    return new MapMemory(address, size, true, true, MemorySharing.DESCRIPTOR);
  }

  private static boolean kept(Guest guest, long address, long size) {
    return guest.meets(map(address, size)).event(MemoryMapped.class).kept();
  }

  @Test
  void a_vmm_that_connects_is_known_by_pid_and_uid() {
    assertThat(connected().state().vmm()).isEqualTo(new VmmConnection(true, 4711, 1000, 1, 0));
  }

  @Test
  void another_vmm_replaces_the_first_and_what_it_shared() {
    Guest guest = connected().meets(map(0, PAGE)).meets(new ConnectVmm(5, 6));

    assertThat(guest.state().vmm()).isEqualTo(new VmmConnection(true, 5, 6, 2, 0));
    assertThat(guest.state().memory()).isEmpty();
  }

  @Test
  void a_vmm_that_goes_takes_its_memory_along() {
    Guest guest = connected().meets(map(0, PAGE)).meets(new DisconnectVmm("end of stream"));

    assertThat(guest.state().vmm()).isEqualTo(new VmmConnection(false, 4711, 1000, 1, 0));
    assertThat(guest.state().memory()).isEmpty();
    assertThat(guest.event(VmmDisconnected.class).reason()).isEqualTo("end of stream");
  }

  @Test
  void disconnecting_without_a_vmm_is_recorded_and_changes_nothing() {
    Guest guest = Guest.created().meets(new DisconnectVmm("again"));

    assertThat(guest.events()).containsExactly(new VmmDisconnected("again"));
    assertThat(guest.state().vmm()).isEqualTo(VmmConnection.NONE);
  }

  @Test
  void reasons_are_cut_but_never_within_a_character() {
    String ascii = "x".repeat(Limits.REASON_CHARS);
    Guest guest = connected().meets(new DisconnectVmm(ascii + "y"));
    assertThat(guest.event(VmmDisconnected.class).reason()).isEqualTo(ascii);

    String rocket = "x".repeat(Limits.REASON_CHARS - 1) + "\uD83D\uDE80";
    guest.meets(new DisconnectVmm(rocket));
    assertThat(guest.event(VmmDisconnected.class).reason())
        .isEqualTo("x".repeat(Limits.REASON_CHARS - 1));
  }

  @Test
  void a_deleted_vsmmu_has_no_vmm_and_no_memory() {
    Guest guest = connected().meets(map(0, PAGE)).meets(new Stimulus.Delete());

    assertThat(guest.state().vmm().connected()).isFalse();
    assertThat(guest.state().memory()).isEmpty();
  }

  @Test
  void a_reset_leaves_the_vmm_and_its_memory() {
    Guest guest =
        connected().meets(map(0, PAGE)).meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    assertThat(guest.state().vmm().connected()).isTrue();
    assertThat(guest.state().memory()).hasSize(1);
  }

  @Test
  void regions_are_in_the_unsigned_order_of_their_addresses() {
    Guest guest = connected().meets(map(-PAGE, PAGE)).meets(map(0, PAGE)).meets(map(1L << 62, 1));

    assertThat(guest.state().memory().keySet()).containsExactly(0L, 1L << 62, -PAGE);
    assertThat(guest.state().memory().get(-PAGE).last()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "0x1000, 0x1000, false",
    "0x0, 0x1001, false",
    "0x1fff, 0x1, false",
    "0x1800, 0x100, false",
    "0x0, 0x10000, false",
    "0x0, 0x1000, true",
    "0x2000, 0x1000, true",
    "0x3000, 0x0, false",
  })
  void a_region_that_overlaps_another_or_is_empty_has_no_effect(
      String address, String size, boolean kept) {
    Guest guest = connected().meets(map(PAGE, PAGE));

    assertThat(kept(guest, Long.decode(address), Long.decode(size))).isEqualTo(kept);
    assertThat(guest.state().memory()).hasSize(kept ? 2 : 1);
  }

  @Test
  void a_region_may_end_at_the_end_of_the_address_space_but_not_beyond() {
    Guest guest = connected();

    assertThat(kept(guest, -PAGE, PAGE + 1)).isFalse();
    assertThat(kept(guest, 8, -1)).isFalse();
    assertThat(kept(guest, -PAGE, PAGE)).isTrue();
    assertThat(kept(guest, 0, -1)).as("overlaps its end").isFalse();
  }

  @Test
  void a_vmm_shares_a_bounded_number_of_regions() {
    Guest guest = connected();
    for (int i = 0; i < Limits.MEMORY_REGIONS; i++) {
      assertThat(kept(guest, i * PAGE, PAGE)).isTrue();
    }

    assertThat(kept(guest, -PAGE, PAGE)).isFalse();
    assertThat(guest.state().memory()).hasSize(Limits.MEMORY_REGIONS);

    guest.meets(new UnmapMemory(0, PAGE));
    assertThat(kept(guest, -PAGE, PAGE)).isTrue();
  }

  @Test
  void unmapping_takes_every_region_wholly_inside_and_leaves_the_others() {
    Guest guest =
        connected()
            .meets(map(0, PAGE))
            .meets(map(PAGE, PAGE))
            .meets(map(2 * PAGE, PAGE))
            .meets(map(4 * PAGE, 2 * PAGE));

    guest.meets(new UnmapMemory(1, 5 * PAGE - 1));
    assertThat(guest.state().memory().keySet()).containsExactly(0L, 4 * PAGE);

    guest.meets(new UnmapMemory(4 * PAGE, 2 * PAGE));
    assertThat(guest.state().memory().keySet()).containsExactly(0L);

    guest.meets(new UnmapMemory(0, 0));
    assertThat(guest.state().memory()).hasSize(1);
  }

  @Test
  void unmapping_everything_is_address_0_and_all_ones() {
    Guest guest = connected().meets(map(0, PAGE)).meets(map(-PAGE, PAGE));

    assertThat(UnmapMemory.all()).isEqualTo(new UnmapMemory(0, -1));
    guest.meets(UnmapMemory.all());

    assertThat(guest.state().memory()).isEmpty();
  }

  @Test
  void unmapping_a_range_beyond_the_address_space_ends_there() {
    Guest guest = connected().meets(map(0, PAGE)).meets(map(-PAGE, PAGE));

    guest.meets(new UnmapMemory(-PAGE, -1));

    assertThat(guest.state().memory().keySet()).containsExactly(0L);
  }
}
