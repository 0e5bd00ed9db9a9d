package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("It stops the PostgreSQL server that the tests share.")
class LogAwayTest extends LiveTest {

  private static final long UPDATE = 0x8000_0000L;
  private static final int READS = 1000;
  private static final Duration A_WHILE = Duration.ofSeconds(2);

  @Test
  void registers_are_read_while_the_log_does_not_answer() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      int answered = TestPostgres.whileStopped(() -> readsDuringWrites(guest));

      assertThat(answered).isEqualTo(READS);
      Await.until("CR0ACK", () -> guest.read(Register.CR0ACK) == (ScriptedGuest.CR0_UP & ~1));
      Await.until("GBPA.Update", () -> (guest.read(Register.GBPA) & UPDATE) == 0);
      assertThat(guest.read(Register.STRTAB_BASE_CFG)).isEqualTo(5);
    }
  }

  private static int readsDuringWrites(ScriptedGuest guest) {
    guest.write(Register.CR0, ScriptedGuest.CR0_UP & ~1);
    guest.write(Register.GBPA, UPDATE);
    guest.write(Register.STRTAB_BASE_CFG, 5);
    int answered = 0;
    while (answered < READS) {
      assertThat(guest.read(Register.CR0)).isEqualTo(ScriptedGuest.CR0_UP & ~1);
      assertThat(guest.read(Register.CR0ACK)).isEqualTo(ScriptedGuest.CR0_UP);
      assertThat(guest.read(Register.GBPA) & UPDATE).isEqualTo(UPDATE);
      answered++;
    }
    return answered;
  }

  @Test
  void a_committed_guest_is_held_at_cmd_sync_and_loses_nothing() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      long before = rig.state().commands().total();
      QueuePointer sync =
          TestPostgres.whileStopped(
              () -> {
                for (int i = 0; i < 100; i++) {
                  guest.command(ScriptedGuest.invalidate(i));
                }
                return heldAtSync(guest);
              });
      Await.until("CMD_SYNC", () -> guest.commands().synced(sync));

      assertThat(rig.fold().commands().total()).isEqualTo(before + 101);
      rig.assertLogComplete();
    }
  }

  /** A CMD_SYNC that is not complete after a while. */
  private static QueuePointer heldAtSync(ScriptedGuest guest) {
    QueuePointer sync = guest.commands().startSync();
    assertThat(Await.within(A_WHILE, () -> guest.commands().synced(sync))).isFalse();
    return sync;
  }

  @Test
  void a_guest_with_bounded_loss_goes_on_with_invalidations_while_its_configuration_waits()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.AUTO, Durability.BOUNDED_LOSS)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      int slices = rig.events(CommandsConsumed.class).size();
      QueuePointer sync =
          TestPostgres.whileStopped(
              () -> {
                for (int i = 0; i < 20; i++) {
                  guest.command(ScriptedGuest.invalidate(i));
                  guest.sync();
                }
                guest.streams().write(LiveRig.SID_A, ScriptedGuest.bypass());
                guest.command(new ConfigInvalidation.Ste(LiveRig.SID_A, false, true).encode());
                QueuePointer held = heldAtSync(guest);
                assertThat(rig.stream(LiveRig.SID_A).effective())
                    .isEqualTo(StreamBehaviour.TRANSLATE);
                return held;
              });
      Await.until("CMD_SYNC", () -> guest.commands().synced(sync));

      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);
      rig.assertLogComplete();
      assertThat(
              rig.events(CommandsConsumed.class).stream()
                  .skip(slices)
                  .flatMap(c -> c.entries().subList(0, c.consumed()).stream())
                  .map(CommandEntry::opcode)
                  .filter(opcode -> opcode == 0x12))
          .hasSize(20);
    }
  }

  @Test
  void a_vmm_that_leaves_while_the_log_is_away_is_part_of_it_and_made_no_error() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted(MemoryManner.DESCRIPTOR);
      long before = rig.state().commands().total();
      TestPostgres.whileStopped(
          () -> {
            guest.command(ScriptedGuest.invalidate(1));
            guest.close();
            return true;
          });

      rig.awaitDepartures(1);
      assertThat(rig.fold().commands().total()).isBetween(before, before + 1);
      assertThat(rig.events(CommandQueueFailed.class)).isEmpty();
    }
  }
}
