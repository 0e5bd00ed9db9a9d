package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.model.Commands.cfgiSte;
import static io.vsmmu.smmu.model.Commands.illegal;
import static io.vsmmu.smmu.model.Commands.sync;
import static io.vsmmu.smmu.model.Commands.tlbiAll;
import static io.vsmmu.smmu.model.Commands.tlbiAsid;
import static io.vsmmu.smmu.model.Commands.tlbiVa;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IHI 0070, 3.5.1 and 6.3.26: pointers, sizes, slices. */
class CommandQueueTest {

  @Test
  void a_disabled_queue_consumes_nothing_and_enabling_it_consumes_what_is_pending() {
    Guest guest = Guest.configured().submits(sync(), sync());
    assertThat(guest.reg(Register.CMDQ_PROD)).isEqualTo(2);
    assertThat(guest.cons()).isZero();

    guest.writes(Register.CR0, Guest.CMDQEN).resubmits();

    assertThat(guest.cons()).isEqualTo(2);
  }

  @Test
  void cons_follows_prod_over_the_wrap() {
    Guest guest = Guest.booted();

    for (int i = 0; i < 40; i++) {
      guest.runs(sync());
      assertThat(guest.cons()).isEqualTo((i + 1) % 32);
    }
  }

  @Test
  void a_full_queue_is_consumed_whole() {
    Guest guest = Guest.booted().runs(sync(), sync(), sync());

    guest.submits(Collections.nCopies(16, sync()).toArray(CommandEntry[]::new));

    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(16);
    assertThat(guest.cons()).isEqualTo(19);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 20, 31})
  void a_prod_more_than_the_queue_ahead_of_cons_consumes_nothing_and_is_recorded(int ahead) {
    // given a queue of 16 entries, three of which were consumed
    Guest guest = Guest.booted().runs(sync(), sync(), sync());
    int prod = (3 + ahead) % 32;

    // when PROD goes to where no number of new entries could bring it
    guest.meets(
        new ConsumeCommands(prod, Collections.nCopies(ahead, sync()), List.of(), List.of(), false));

    // then nothing moves, and the log tells
    CommandsConsumed event = guest.event(CommandsConsumed.class);
    assertThat(event.consumed()).isZero();
    assertThat(event.entries()).isEmpty();
    assertThat(event.prod()).isEqualTo(prod);
    assertThat(guest.cons()).isEqualTo(3);
    assertThat(guest.state().commandsUpTo(prod)).isZero();
    assertThat(guest.reg(Register.CMDQ_PROD)).isEqualTo(prod);
    // and a PROD in step goes on where it was
    guest.resubmits();
    guest.submits(sync());
    assertThat(guest.cons()).isEqualTo(4);
  }

  @Test
  void a_prod_out_of_step_is_no_fetch_fault_either() {
    Guest guest = Guest.booted();

    guest.meets(new ConsumeCommands(20, List.of(), List.of(), List.of(), true));

    assertThat(guest.state().commandQueueStopped()).isFalse();
    assertThat(guest.cons()).isZero();
  }

  @Test
  void log2size_is_capped_by_idr1_cmdqs_except_for_readback() {
    // given an SMMU of at most 2^19 entries
    Guest guest = Guest.created().writes(Register.CMDQ_BASE, 31);
    assertThat(guest.state().commandQueueLog2Size()).isEqualTo(19);
    assertThat(guest.reg(Register.CMDQ_BASE)).isEqualTo(31);

    // and one of at most 2^3
    IdRegisters small = Guest.IDS.with(IdField.CMDQS, 3);
    Guest capped = Guest.booted(small);
    assertThat(capped.state().commandQueueLog2Size()).isEqualTo(3);
    assertThat(capped.reg(Register.CMDQ_BASE) & 0x1f).isEqualTo(4);

    // then its indexes wrap after 8 entries
    capped.meets(
        new ConsumeCommands(8, Collections.nCopies(8, sync()), List.of(), List.of(), false));
    capped.meets(
        new ConsumeCommands(0, Collections.nCopies(8, sync()), List.of(), List.of(), false));
    assertThat(capped.cons()).isZero();
  }

  @Test
  void forwarded_commands_hold_cons_until_the_host_has_done_them() {
    Guest guest = Guest.booted().withDevice(1);

    guest.submits(tlbiAsid(3), tlbiVa(3, 0x1000), sync());

    CommandsConsumed consumed = guest.event(CommandsConsumed.class);
    assertThat(consumed.forwarded().stream()).containsExactly(0, 1);
    assertThat(consumed.awaitsHost()).isTrue();
    assertThat(guest.cons()).isZero();

    guest.hostSucceeds();
    assertThat(guest.cons()).isEqualTo(3);
  }

  @Test
  void nothing_is_consumed_while_the_host_owes_an_outcome() {
    Guest guest = Guest.booted().withDevice(1).submits(tlbiAll());

    guest.submits(sync());

    assertThat(guest.event(CommandsConsumed.class).consumed()).isZero();
    assertThat(guest.hostSucceeds().cons()).isEqualTo(1);
    assertThat(guest.resubmits().cons()).isEqualTo(2);
  }

  @Test
  void a_slice_is_cut_before_a_configuration_change_that_follows_invalidations() {
    // given
    Guest guest = Guest.booted().withDevice(1).places(1, Commands.TRANSLATE);

    // when
    guest.submits(tlbiAll(), sync(), cfgiSte(1), sync());

    // then only what is before the change was consumed
    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(2);
    assertThat(guest.events(StreamConfigured.class)).isEmpty();

    // and the rest works when it is submitted again
    guest.hostSucceeds().resubmits();
    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(2);
    assertThat(guest.hostSucceeds().cons()).isEqualTo(4);
    assertThat(guest.stream(1).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
  }

  @Test
  void invalidations_may_follow_a_configuration_change_in_one_slice() {
    Guest guest = Guest.booted().withDevice(1).places(1, Commands.TRANSLATE);

    guest.submits(cfgiSte(1), tlbiAll(), sync());

    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(3);
    assertThat(guest.placed(1).entry()).isZero();
  }

  @Test
  void a_slice_makes_the_smmu_look_at_a_bounded_number_of_stes() {
    Guest guest = Guest.booted().withDevice(1).writes(Register.CR0, 0);
    guest.writes(Register.CMDQ_BASE, 12).writes(Register.CR0, Guest.ALL_ENABLED);
    List<CommandEntry> storm = Collections.nCopies(2000, cfgiSte(1));

    guest.meets(new ConsumeCommands(2000, storm, List.of(), List.of(), false));

    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(Limits.RECONFIGURATIONS);
    assertThat(guest.events().size()).isLessThanOrEqualTo(Limits.CONSEQUENCES);
  }

  @Test
  void a_slice_has_a_bounded_number_of_entries() {
    Guest guest = Guest.created().writes(Register.CMDQ_BASE, 19);
    guest.writes(Register.CR0, Guest.CMDQEN);

    guest.meets(
        new ConsumeCommands(9000, Collections.nCopies(9000, sync()), List.of(), List.of(), false));

    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(Limits.SLICE_ENTRIES);
    assertThat(guest.event(CommandsConsumed.class).entries()).hasSize(Limits.SLICE_ENTRIES);
  }

  @Test
  void the_event_keeps_what_was_looked_at_and_no_more() {
    Guest guest = Guest.booted();

    guest.submits(sync(), illegal(), sync(), sync());

    assertThat(guest.event(CommandsConsumed.class).entries()).containsExactly(sync(), illegal());
  }

  @Test
  void counts_tell_cfgi_all_from_cfgi_ste_range() {
    Guest guest = Guest.booted();

    guest.runs(Commands.cfgiAll(), Commands.cfgiRange(0, 3), Commands.cfgiAll(), sync());

    CommandCounts counts = guest.state().commands();
    assertThat(counts.byName()).containsEntry("CFGI_ALL", 2L).containsEntry("CFGI_STE_RANGE", 1L);
    assertThat(counts.of("CMD_SYNC")).isEqualTo(1);
    assertThat(counts.total()).isEqualTo(4);
    assertThat(CommandCounts.of(counts.byName())).isEqualTo(counts);
  }

  @Test
  void commands_that_stop_the_queue_are_not_counted() {
    Guest guest = Guest.booted().submits(sync(), illegal());

    assertThat(guest.state().commands().total()).isEqualTo(1);
  }
}
