package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.posix.EventFd;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryMannersTest extends LiveTest {

  @ParameterizedTest
  @EnumSource(MemoryManner.class)
  void a_guest_boots_syncs_and_installs_an_ste_whatever_the_manner_of_its_memory(
      MemoryManner manner) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted(manner);

      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      guest.install(LiveRig.SID_B, ScriptedGuest.bypass());

      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
      assertThat(rig.stream(LiveRig.SID_A).ste()).isEqualTo(ScriptedGuest.translate(0x4000_0000));
      assertThat(rig.stream(LiveRig.SID_B).effective()).isEqualTo(StreamBehaviour.BYPASS);
      assertThat(service.host.attachment(LiveRig.A).orElseThrow().kind())
          .isEqualTo(Attachment.Kind.TRANSLATE);
      assertThat(guest.commands().consumed()).isEqualTo(guest.commands().prod());
      assertThat(guest.vmm().dmaRequests() > 0).isEqualTo(manner == MemoryManner.MESSAGES);
      assertThat(rig.events(MemoryMapped.class))
          .singleElement()
          .isEqualTo(
              new MemoryMapped(
                  GuestShape.RAM,
                  GuestShape.RAM_BYTES,
                  true,
                  true,
                  MemorySharing.valueOf(manner.name()),
                  true));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DESCRIPTOR, AUTO, true",
    "FILE, AUTO, true",
    "MESSAGES, AUTO, false",
    "DESCRIPTOR, OFF, false",
    "MESSAGES, ON, true"
  })
  void idr0_msi_follows_the_property_and_auto_follows_the_memory(
      MemoryManner manner, OnOffAuto msi, boolean shown) throws Exception {
    try (LiveRig rig = LiveRig.of(service, msi, Durability.COMMITTED)) {
      ScriptedGuest guest = rig.booted(manner);
      guest.sync();

      assertThat(guest.msi()).isEqualTo(shown);
      assertThat(rig.state().ids().msi()).isEqualTo(shown);
    }
  }

  @ParameterizedTest
  @CsvSource({"DESCRIPTOR, MESSAGES, false", "MESSAGES, DESCRIPTOR, true"})
  void the_next_machine_is_shown_what_its_own_memory_allows(
      MemoryManner first, MemoryManner next, boolean shown) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      rig.booted(first).close();
      rig.awaitDepartures(1);

      ScriptedGuest second = rig.booted(next);
      second.sync();

      assertThat(second.msi()).isEqualTo(shown);
    }
  }

  @Test
  void an_msi_is_served_by_messages_too() throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.ON, Durability.COMMITTED)) {
      ScriptedGuest guest = rig.booted(MemoryManner.MESSAGES);
      guest.sync();

      assertThat(guest.msi()).isTrue();
      assertThat(guest.vmm().dmaRequests()).isPositive();
    }
  }

  @Test
  void a_cmd_sync_with_msi_needs_no_register_read() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      long before = service.sockets.counters().counts().registerReads();

      for (int i = 0; i < 50; i++) {
        guest.command(ScriptedGuest.invalidate(i));
        guest.sync();
      }

      assertThat(service.sockets.counters().counts().registerReads()).isEqualTo(before);
    }
  }

  @Test
  void the_msi_of_a_cmd_sync_comes_when_cons_has_moved_and_the_commands_are_durable()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      for (int i = 0; i < 20; i++) {
        QueuePointer place = guest.commands().prod().advance(1);
        long slot = guest.commands().slot(place);
        int value = 0xCAFE_0000 + i;

        guest.command(
            ScriptedGuest.invalidate(i),
            new SmmuCommand.Sync(SmmuCommand.Sync.CS_IRQ, 3, 0xF, value, slot).encode());
        Await.until("the value in the slot", () -> guest.ram().readInt(slot) == value);

        // At this very moment: nothing is waited for.
        List<CommandsConsumed> consumed = rig.events(CommandsConsumed.class);
        assertThat(guest.commands().consumed()).isEqualTo(place.advance(1));
        assertThat(consumed.getLast().fetched()).isEqualTo(place.advance(1).value());
      }
    }
  }

  @Test
  void the_rest_of_an_entry_that_an_msi_overwrote_is_left_alone() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      QueuePointer place = guest.commands().startSync();
      Await.until("CMD_SYNC", () -> guest.commands().synced(place));

      byte[] entry = guest.ram().read(guest.commands().slot(place), 16);

      assertThat(entry).startsWith(0, 0, 0, 0, 0, 0, 0, 0);
      assertThat(rig.state().commandQueueStopped()).isFalse();
    }
  }

  @Test
  void without_msi_a_cmd_sync_with_an_interrupt_raises_intx_after_cons() throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.OFF, Durability.COMMITTED);
        EventFd line = EventFd.create()) {
      ScriptedGuest guest = rig.booted();
      guest.vmm().setIntx(line.fd());
      QueuePointer place = guest.commands().prod();

      guest.command(new SmmuCommand.Sync(SmmuCommand.Sync.CS_IRQ, 0, 0, 0, 0).encode());
      assertThat(line.read()).isEqualTo(1);

      assertThat(guest.commands().consumed()).isEqualTo(place.advance(1));
    }
  }
}
