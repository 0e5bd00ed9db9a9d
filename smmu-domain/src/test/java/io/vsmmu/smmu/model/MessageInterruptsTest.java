package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.MapMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** IDR0.MSI by property, and by how the VMM shares memory. */
class MessageInterruptsTest {

  private static Guest created(OnOffAuto msi) {
    IdRegisters ids = Guest.IDS.withMsi(msi == OnOffAuto.ON);
    VsmmuProperties properties =
        new VsmmuProperties(
            OnOffAuto.AUTO, OnOffAuto.AUTO, VsmmuProperties.AUTO, VsmmuProperties.AUTO, msi);
    return Guest.unborn()
        .meets(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, properties, ids))
        .meets(new Stimulus.ConnectVmm(1, 2));
  }

  private static MapMemory memory(boolean writable, MemorySharing sharing) {
    return new MapMemory(0x4000_0000L, 1L << 30, true, writable, sharing);
  }

  @ParameterizedTest
  @CsvSource({
    "true, DESCRIPTOR, true",
    "true, FILE, true",
    "true, MESSAGES, false",
    "false, DESCRIPTOR, false",
    "false, FILE, false"
  })
  void auto_shows_msi_once_memory_can_be_written_directly(
      boolean writable, MemorySharing sharing, boolean msi) {
    Guest guest = created(OnOffAuto.AUTO);
    assertThat(guest.state().ids().msi()).isFalse();

    guest.meets(memory(writable, sharing));

    assertThat(guest.state().ids().msi()).isEqualTo(msi);
    assertThat(guest.events(IdentityResolved.class)).hasSize(msi ? 1 : 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"ON", "OFF"})
  void on_and_off_do_not_depend_on_memory(OnOffAuto msi) {
    Guest guest = created(msi).meets(memory(true, MemorySharing.DESCRIPTOR));
    assertThat(guest.state().ids().msi()).isEqualTo(msi == OnOffAuto.ON);
    assertThat(guest.events(IdentityResolved.class)).isEmpty();

    guest.meets(new Stimulus.DisconnectVmm(""));
    assertThat(guest.state().ids().msi()).isEqualTo(msi == OnOffAuto.ON);
  }

  @Test
  void msi_is_frozen_once_the_guest_has_started() {
    Guest late = created(OnOffAuto.AUTO).writes(Register.CR0, 0);
    late.meets(memory(true, MemorySharing.DESCRIPTOR));
    assertThat(late.state().ids().msi()).isFalse();

    Guest early =
        created(OnOffAuto.AUTO).meets(memory(true, MemorySharing.FILE)).writes(Register.CR0, 0);
    early.meets(new Stimulus.DisconnectVmm("")).meets(new Stimulus.ConnectVmm(3, 4));
    assertThat(early.state().ids().msi()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"DESCRIPTOR, MESSAGES, false", "MESSAGES, DESCRIPTOR, true", "FILE, FILE, true"})
  void a_machine_that_begins_anew_shows_what_its_memory_allows(
      MemorySharing first, MemorySharing second, boolean msi) {
    Guest guest = created(OnOffAuto.AUTO).meets(memory(true, first)).writes(Register.CR0, 0);
    guest.meets(new Stimulus.DisconnectVmm("")).meets(new Stimulus.ConnectVmm(3, 4));

    guest.meets(memory(true, second)).meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    assertThat(guest.state().ids().msi()).isEqualTo(msi);
  }

  @Test
  void an_operators_reset_leaves_the_identity_as_the_guest_has_read_it() {
    Guest guest =
        created(OnOffAuto.AUTO)
            .meets(memory(true, MemorySharing.DESCRIPTOR))
            .writes(Register.CR0, 0)
            .meets(Stimulus.UnmapMemory.all());

    guest.meets(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));

    assertThat(guest.state().ids().msi()).isTrue();
  }

  @Test
  void the_next_vmm_decides_anew_while_no_guest_has_started() {
    Guest guest = created(OnOffAuto.AUTO).meets(memory(true, MemorySharing.DESCRIPTOR));

    guest.meets(new Stimulus.DisconnectVmm("")).meets(new Stimulus.ConnectVmm(3, 4));
    assertThat(guest.state().ids().msi()).isFalse();

    guest.meets(memory(true, MemorySharing.MESSAGES));
    assertThat(guest.state().ids().msi()).isFalse();
  }

  @Test
  void memory_that_is_taken_back_for_a_moment_does_not_take_msi_back() {
    Guest guest = created(OnOffAuto.AUTO).meets(memory(true, MemorySharing.DESCRIPTOR));

    guest.meets(Stimulus.UnmapMemory.all());

    assertThat(guest.state().ids().msi()).isTrue();
  }

  @Test
  void a_region_without_effect_shows_no_msi() {
    Guest guest =
        created(OnOffAuto.AUTO)
            .meets(memory(true, MemorySharing.MESSAGES))
            .meets(memory(true, MemorySharing.DESCRIPTOR));

    assertThat(guest.state().ids().msi()).isFalse();
  }

  @Test
  void a_device_that_was_asked_before_the_vmm_came_does_not_take_msi_back() {
    Guest guest = created(OnOffAuto.AUTO);
    IdRegisters asked = guest.state().ids();
    guest.meets(memory(true, MemorySharing.DESCRIPTOR));

    guest.meets(
        new Stimulus.AttachDevice(
            7, Guest.device(7, 7), OnOffAuto.AUTO, asked, SteFetch.unknown(7)));

    assertThat(guest.state().ids().msi()).isTrue();
    assertThat(guest.state().device(7)).isPresent();
  }

  @Test
  void with_msi_the_guest_can_program_where_interrupts_go() {
    Guest guest = created(OnOffAuto.AUTO).meets(memory(true, MemorySharing.DESCRIPTOR));

    guest.writes(Register.EVENTQ_IRQ_CFG0, 0x808_0040L);

    assertThat(guest.reg(Register.EVENTQ_IRQ_CFG0)).isEqualTo(0x808_0040L);
  }
}
