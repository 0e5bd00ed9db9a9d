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
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Isolated("It stops the PostgreSQL server that the tests share.")
class LogAwayTest extends LiveTest {

  private static final long UPDATE = 0x8000_0000L;

  @Test
  void configuration_takes_effect_while_the_database_does_not_answer() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      TestPostgres.whileStopped(
          () -> {
            guest.write(Register.CR0, ScriptedGuest.CR0_UP & ~1);
            guest.write(Register.GBPA, UPDATE);
            guest.write(Register.STRTAB_BASE_CFG, 5);
            Await.until("CR0ACK", () -> guest.read(Register.CR0ACK) == (ScriptedGuest.CR0_UP & ~1));
            Await.until("GBPA.Update", () -> (guest.read(Register.GBPA) & UPDATE) == 0);
            assertThat(guest.read(Register.STRTAB_BASE_CFG)).isEqualTo(5);
            return true;
          });

      rig.assertLogComplete();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"COMMITTED", "JOURNALED"})
  void a_guest_goes_on_while_the_database_does_not_answer_and_everything_is_in_its_log(
      Durability durability) throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.AUTO, durability)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      int slices = rig.events(CommandsConsumed.class).size();
      TestPostgres.whileStopped(
          () -> {
            for (int i = 0; i < 20; i++) {
              guest.command(ScriptedGuest.invalidate(i));
              guest.sync();
            }
            guest.streams().write(LiveRig.SID_A, ScriptedGuest.bypass());
            guest.command(new ConfigInvalidation.Ste(LiveRig.SID_A, false, true).encode());
            guest.sync();
            return true;
          });

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
