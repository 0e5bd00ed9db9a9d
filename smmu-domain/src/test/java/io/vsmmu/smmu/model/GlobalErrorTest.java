package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.model.Commands.illegal;
import static io.vsmmu.smmu.model.Commands.sync;
import static io.vsmmu.smmu.model.Commands.tlbiAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.Register;
import org.junit.jupiter.api.Test;

/** IHI 0070, 7.1 and 6.3.19: command queue errors, GERROR and GERRORN. */
class GlobalErrorTest {

  @Test
  void an_illegal_command_stops_the_queue_at_itself_and_toggles_gerror() {
    Guest guest = Guest.booted();

    guest.submits(sync(), illegal(), sync());

    assertThat(guest.cons()).isEqualTo(1);
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ILL);
    assertThat(guest.reg(Register.GERROR)).isEqualTo(1);
    assertThat(guest.state().commandQueueStopped()).isTrue();
    assertThat(guest.event(CommandQueueFailed.class).entry()).isEqualTo(1);
    assertThat(guest.event(CommandsConsumed.class).entries()).hasSize(2);
  }

  @Test
  void a_stopped_queue_consumes_nothing_until_gerrorn_acknowledges() {
    Guest guest = Guest.booted().submits(sync(), illegal(), sync());

    guest.resubmits();
    assertThat(guest.event(CommandsConsumed.class).consumed()).isZero();
    assertThat(guest.events(CommandQueueFailed.class)).isEmpty();

    guest.overwrites(1, sync()).acknowledges().resubmits();
    assertThat(guest.cons()).isEqualTo(3);
    assertThat(guest.state().commandQueueStopped()).isFalse();
  }

  @Test
  void an_acknowledged_error_that_is_still_there_toggles_gerror_again() {
    Guest guest = Guest.booted().submits(illegal()).acknowledges();
    assertThat(guest.reg(Register.GERROR)).isEqualTo(1);

    guest.resubmits();

    assertThat(guest.reg(Register.GERROR)).isZero();
    assertThat(guest.reg(Register.GERRORN)).isEqualTo(1);
    assertThat(guest.state().commandQueueStopped()).isTrue();
    assertThat(guest.cons()).isZero();
  }

  @Test
  void a_fetch_fault_is_cerror_abt_at_the_entry_that_could_not_be_read() {
    Guest guest = Guest.booted();

    guest.meetsFetchFault(sync(), sync());

    assertThat(guest.cons()).isEqualTo(2);
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ABT);
    assertThat(guest.state().commandQueueStopped()).isTrue();
  }

  @Test
  void a_fetch_fault_of_a_stopped_queue_does_not_acknowledge_the_error() {
    Guest guest = Guest.booted().submits(illegal());

    guest.meetsFetchFault();

    assertThat(guest.events(CommandQueueFailed.class)).isEmpty();
    assertThat(guest.state().commandQueueStopped()).isTrue();
  }

  @Test
  void a_fetch_fault_of_a_disabled_or_empty_queue_is_no_error() {
    Guest disabled = Guest.configured().meetsFetchFault();
    assertThat(disabled.state().commandQueueStopped()).isFalse();

    Guest empty = Guest.booted();
    empty.meets(
        new io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands(
            0, java.util.List.of(), java.util.List.of(), java.util.List.of(), true));
    assertThat(empty.state().commandQueueStopped()).isFalse();
  }

  @Test
  void an_error_waits_for_what_the_host_has_not_confirmed() {
    // given an invalidation that goes to the host, and an illegal command after it
    Guest guest = Guest.booted().withDevice(1);

    guest.submits(tlbiAll(), illegal());

    // then neither CONS nor GERROR tell yet
    assertThat(guest.cons()).isZero();
    assertThat(guest.state().commandQueueStopped()).isFalse();

    // when the host has done it, then the rest submitted again stops the queue
    guest.hostSucceeds();
    assertThat(guest.cons()).isEqualTo(1);
    guest.resubmits();
    assertThat(guest.cons()).isEqualTo(1);
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ILL);
    assertThat(guest.state().commandQueueStopped()).isTrue();
  }

  @Test
  void a_fetch_fault_waits_for_what_the_host_has_not_confirmed() {
    Guest guest = Guest.booted().withDevice(1);

    guest.meetsFetchFault(tlbiAll());
    assertThat(guest.state().commandQueueStopped()).isFalse();

    guest.hostSucceeds().meetsFetchFault();
    assertThat(guest.cons()).isEqualTo(1);
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ABT);
  }

  @Test
  void an_error_that_the_guest_made_up_is_not_toggled_away_by_a_real_one() {
    // given a guest that toggles GERRORN.CMDQ_ERR without an error, while the host works
    Guest guest = Guest.booted().withDevice(1).submits(tlbiAll());
    guest.writes(Register.GERRORN, 1);

    guest.hostReports(Guest.failedInvalidation(0, 0, 5));

    assertThat(guest.state().commandQueueStopped()).isTrue();
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ILL);
  }
}
