package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.session.Service;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.gateway.device.DeviceLimits;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class VmmLifeTest extends LiveTest {

  private static final Duration A_WHILE = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final CommandEntry SYNC =
      new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode();
  private static final int CONNECTIONS = 10_000;
  private static final int BEYOND_THE_ROOM = 20;

  @Test
  void the_socket_and_its_folder_are_its_owners_alone() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      Path socket = rig.socket();

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_name_whose_socket_path_would_be_too_long_is_refused_with_the_reason() {
    Path deep = folder.resolve("a".repeat(90));
    try (VmmSockets sockets = new VmmSockets(deep, Set.of(), service.live, service.roms)) {
      VsmmuAdministration administration =
          new VsmmuAdministration(
              service.database,
              service.vms,
              service.live,
              sockets,
              service.admission,
              Clock.systemUTC());

      assertThatThrownBy(
              () ->
                  administration.create(
                      "long", Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator"))
          .isInstanceOf(RequestRefusedException.class)
          .hasMessageContaining("bytes");
      assertThat(service.database.registry().byName("long")).isEmpty();
    }
  }

  @Test
  void a_second_vmm_waits_for_the_end_of_the_first_with_its_first_connection() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest first = rig.booted();
      first.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      try (VfioUserClient second = VfioUserClient.connect(rig.socket())) {
        CompletableFuture<?> introduced = CompletableFuture.supplyAsync(second::negotiate);
        first.sync();
        assertThat(introduced).isNotDone();
        assertThat(rig.events(VmmConnected.class)).hasSize(1);

        first.close();

        introduced.join();
        assertThat(rig.events(VmmDisconnected.class)).hasSize(1);
        assertThat(second.reset()).isZero();
        assertThat(second.read32(Register.CR0ACK.offset())).isZero();
      }

      Await.until("both are in the log", () -> rig.events(VmmConnected.class).size() == 2);
      rig.awaitDepartures(2);
      rig.assertLogComplete();
    }
  }

  /** As fast as it can: each connection is the VMM's only one. */
  @Test
  void a_vmm_that_comes_again_at_once_is_never_turned_away() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      for (int life = 0; life < 20; life++) {
        try (VfioUserClient vmm = VfioUserClient.connect(rig.socket())) {
          vmm.negotiate();
          vmm.mapMemfd(GuestShape.RAM, GuestShape.RAM_BYTES);
          vmm.enable();
          for (int i = 0; i < 50; i++) {
            vmm.post32(Register.CR2.offset(), i & 7);
          }
        }
      }
      rig.awaitDepartures(20);

      assertThat(rig.events(VmmConnected.class)).hasSize(20);
    }
  }

  @Test
  void who_connects_and_says_nothing_leaves_nothing_in_the_log() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      for (int i = 0; i < 10; i++) {
        UnixStream.connect(rig.socket()).close();
      }

      rig.booted().sync();

      assertThat(rig.events(VmmConnected.class)).hasSize(1);
    }
  }

  /**
   * Its reading thread waits for room that a paused vSMMU does not make. The accesses beyond the
   * room stay in the socket, which has space for some 90 messages of this size; a VMM that waited
   * for more space there could not leave.
   */
  @Test
  void a_vmm_that_goes_with_more_waiting_than_there_is_room_for_makes_room_for_the_next()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      service.administration.control(rig.name(), new Stimulus.Pause(), "operator");
      for (int i = 0; i < DeviceLimits.WAITING_ACCESSES + BEYOND_THE_ROOM; i++) {
        guest.vmm().post32(Register.CR2.offset(), i & 7);
      }

      guest.close();

      rig.awaitDepartures(1);
      service.administration.control(rig.name(), new Stimulus.Resume(), "operator");
      rig.booted().sync();
    }
  }

  @Test
  void the_log_names_the_process_of_a_vmm_and_its_end() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      rig.booted().close();
      rig.awaitDepartures(1);

      assertThat(rig.events(VmmConnected.class)).hasSize(1);
      assertThat(rig.events(VmmConnected.class).getFirst().pid())
          .isEqualTo(ProcessHandle.current().pid());
      assertThat(rig.events(VmmDisconnected.class)).hasSize(1);
    }
  }

  @Test
  void pause_holds_accesses_and_resume_lets_them_go_on_in_order() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      int before = rig.events(CommandsConsumed.class).size();

      service.administration.control(rig.name(), new Stimulus.Pause(), "operator");
      guest.command(ScriptedGuest.invalidate(1));
      QueuePointer sync = guest.commands().startSync();
      guest.write(Register.CR0, ScriptedGuest.CR0_UP & ~1);
      assertThat(Await.within(A_WHILE, () -> guest.commands().synced(sync))).isFalse();
      assertThat(rig.events(CommandsConsumed.class)).hasSize(before);
      assertThat(guest.read(Register.CR0ACK)).isEqualTo(ScriptedGuest.CR0_UP);
      service.administration.control(rig.name(), new Stimulus.Resume(), "operator");

      Await.until("CMD_SYNC", () -> guest.commands().synced(sync));
      Await.until("CR0ACK", () -> guest.read(Register.CR0ACK) == (ScriptedGuest.CR0_UP & ~1));
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);
    }
  }

  /** Several times: which of the connection's threads works alternates. */
  @RepeatedTest(4)
  void a_vmm_that_leaves_a_paused_vsmmu_makes_room_for_the_next(RepetitionInfo repetition)
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      for (int i = 0; i < repetition.getCurrentRepetition(); i++) {
        guest.sync();
      }
      service.administration.control(rig.name(), new Stimulus.Pause(), "operator");
      guest.command(ScriptedGuest.invalidate(1));

      guest.close();

      rig.awaitDepartures(1);
      service.administration.control(rig.name(), new Stimulus.Resume(), "operator");
      rig.booted().sync();
    }
  }

  @Test
  void deleting_sends_the_vmm_away_and_removes_the_socket() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      Path socket = rig.socket();

      service.administration.delete(rig.name(), "operator");

      assertThat(guest.vmm().ends(PATIENCE)).isTrue();
      assertThat(socket).doesNotExist();
      assertThat(rig.events(VmmDisconnected.class)).hasSize(1);
    }
  }

  @Test
  void a_paused_vsmmu_can_be_deleted_while_its_guest_is_held() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      service.administration.control(rig.name(), new Stimulus.Pause(), "operator");
      guest.command(ScriptedGuest.invalidate(1));

      service.administration.delete(rig.name(), "operator");

      assertThat(guest.vmm().ends(PATIENCE)).isTrue();
    }
  }

  @Test
  void a_reboot_of_the_guest_leaves_one_continuous_log() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));

      guest.vmm().reset();
      assertThat(guest.read(Register.CR0)).isZero();
      Await.until(
          "the reset in the log",
          () -> rig.stream(LiveRig.SID_A).effective() == StreamBehaviour.BYPASS);
      guest.boot();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x5000_0000));

      assertThat(rig.stream(LiveRig.SID_A).ste()).isEqualTo(ScriptedGuest.translate(0x5000_0000));
      assertThat(rig.events(VsmmuReset.class)).hasSize(2);
      assertThat(rig.events(VmmConnected.class)).hasSize(1);
      guest.close();
      rig.awaitDepartures(1);
      rig.assertLogComplete();
      assertThat(rig.divergences()).isEmpty();
    }
  }

  @Test
  void a_vmm_that_dies_in_a_storm_leaves_a_whole_log_and_a_free_socket() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      for (int life = 1; life <= 3; life++) {
        ScriptedGuest guest = rig.booted();
        guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
        for (int i = 0; i < 500; i++) {
          guest.command(ScriptedGuest.invalidate(i), SYNC);
        }
        guest.close();
        rig.awaitDepartures(life);
        rig.assertLogComplete();
      }
      assertThat(rig.events(CommandQueueFailed.class)).isEmpty();
      rig.booted().sync();
    }
  }

  @Test
  void ten_thousand_connections_to_one_socket_leave_another_guest_at_work() throws Exception {
    try (LiveRig busy = LiveRig.of(service);
        LiveRig crowded = LiveRig.withoutDevices(service, OnOffAuto.AUTO, Durability.COMMITTED)) {
      ScriptedGuest guest = busy.booted();
      ScriptedGuest there = crowded.booted();
      Path socket = crowded.socket();
      Thread crowd = Thread.ofPlatform().start(() -> connectOften(socket));
      int syncs = 0;
      while (crowd.isAlive()) {
        guest.command(ScriptedGuest.invalidate(syncs++));
        guest.sync();
      }
      crowd.join();

      there.sync();
      assertThat(syncs).isPositive();
      assertThat(crowded.events(VmmConnected.class)).hasSize(1);
    }
  }

  private static void connectOften(Path socket) {
    for (int i = 0; i < CONNECTIONS; i++) {
      try {
        UnixStream.connect(socket).close();
      } catch (PosixException busy) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_service_that_ends_under_a_vmm_comes_back_with_a_whole_log_and_a_socket() throws Exception {
    String url = TestPostgres.newDatabase();
    Path place = folder.resolve("again");
    LiveRig before;
    long consumed;
    try (Service first = new Service(url, SimulatedHost.standard(), place)) {
      before = LiveRig.of(first);
      ScriptedGuest guest = before.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      for (int i = 0; i < 50; i++) {
        guest.command(ScriptedGuest.invalidate(i));
        guest.sync();
      }
      consumed = guest.commands().prod().value();
    }
    try (Service second = new Service(url, SimulatedHost.standard(), place)) {
      second.sockets.start();
      LiveRig after = before.in(second);

      assertThat(after.fold().commandQueue().fetched()).isEqualTo(consumed);
      assertThat(after.fold().vmm().connected()).isFalse();
      assertThat(after.events(VmmDisconnected.class)).hasSize(1);
      assertThat(second.host.attachment(LiveRig.A).orElseThrow().kind().name())
          .isEqualTo("TRANSLATE");
      ScriptedGuest guest = after.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.bypass());
      assertThat(after.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);
      after.close();
      assertThat(after.divergences()).isEmpty();
    }
  }

  @Test
  void maps_that_make_no_sense_are_refused_and_leave_the_guest_alone() throws Exception {
    try (LiveRig rig = LiveRig.of(service);
        Fd small = Memfd.create("small", 0x1000)) {
      ScriptedGuest guest = rig.booted();
      VfioUserClient vmm = guest.vmm();

      assertThat(vmm.map(GuestShape.RAM + 0x1000, 0x1000, 3, 0, small))
          .isEqualTo(Errno.EEXIST.number());
      assertThat(vmm.map(0x8000_0000L, 0x2000, 3, 0, small)).isEqualTo(Errno.EINVAL.number());
      assertThat(vmm.map(0x100_0000_0000L, 1L << 40, 3, 0, small)).isEqualTo(Errno.EINVAL.number());
      assertThat(vmm.map(0x8000_0000L, 0, 3, 0, small)).isEqualTo(Errno.EINVAL.number());
      assertThat(vmm.unmap(GuestShape.RAM, 0x1000)).isEqualTo(Errno.EINVAL.number());
      assertThat(vmm.unmap(0x8000_0000L, 0x1000)).isEqualTo(Errno.ENOENT.number());

      guest.command(ScriptedGuest.invalidate(1));
      guest.sync();
      assertThat(rig.state().memory()).hasSize(1);
    }
  }

  @Test
  void a_tebibyte_without_a_descriptor_is_memory_by_messages() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();

      assertThat(guest.vmm().map(0x100_0000_0000L, 1L << 40, 3, 0)).isZero();

      guest.sync();
      Await.until("MemoryMapped", () -> rig.state().memory().size() == 2);
    }
  }

  @Test
  void ram_that_is_unmapped_while_the_guest_uses_it_is_an_abort_until_it_is_back()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      assertThat(guest.vmm().unmap(GuestShape.RAM, GuestShape.RAM_BYTES)).isZero();

      guest.command(ScriptedGuest.invalidate(1));

      assertThat(guest.awaitCommandError() >>> 24).isEqualTo(2);
      assertThat(rig.events(MemoryUnmapped.class)).hasSize(1);
      guest.vmm().mapMemfd(GuestShape.RAM, GuestShape.RAM_BYTES);
      guest.acknowledgeErrors();
      // The memory is new, and reads as zeros.
      Await.until("CERROR_ILL", () -> guest.read(Register.CMDQ_CONS) >>> 24 == 1);
    }
  }
}
