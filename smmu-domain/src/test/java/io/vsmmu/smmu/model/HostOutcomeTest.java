package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.BYPASS;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static io.vsmmu.smmu.model.Commands.cfgiSte;
import static io.vsmmu.smmu.model.Commands.sync;
import static io.vsmmu.smmu.model.Commands.tlbiAsid;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the host's answer means to the guest. */
class HostOutcomeTest {

  private static final int SID = 0x900;

  private static Guest guest() {
    return Guest.booted().withDevice(SID);
  }

  private static HostOperation attachedTo(Guest guest, long hwpt) {
    long device = guest.state().device(SID).orElseThrow().deviceHandle();
    return new HostOperation(Kind.ATTACH, device, hwpt, SID, -1, 0, 0, 0, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "5, CERROR_ILL",
    "22, CERROR_ILL",
    "110, CERROR_ATC_INV_SYNC",
    "12, CERROR_ABT",
    "14, CERROR_ABT"
  })
  void a_failed_invalidation_stops_the_queue_at_its_entry(int errno, CommandError error) {
    Guest guest = guest().submits(tlbiAsid(1), tlbiAsid(2), tlbiAsid(3), sync());

    guest.hostReports(Guest.failedInvalidation(0, 2, errno));

    assertThat(guest.cons()).isEqualTo(2);
    assertThat(guest.error()).isEqualTo(error);
    assertThat(guest.reg(Register.GERROR)).isEqualTo(1);
    assertThat(guest.state().commandQueueStopped()).isTrue();
  }

  @Test
  void entries_after_a_failed_invalidation_are_consumed_once_the_guest_acknowledges() {
    // given
    Guest guest = guest().submits(tlbiAsid(1), tlbiAsid(2), tlbiAsid(3), sync());
    guest.hostReports(Guest.failedInvalidation(0, 1, 5));

    // when the guest, as Linux does, overwrites the entry with a CMD_SYNC and acknowledges
    guest.overwrites(1, sync()).acknowledges().resubmits();

    // then the entry after it reaches the host
    CommandsConsumed again = guest.event(CommandsConsumed.class);
    assertThat(again.entries()).containsExactly(sync(), tlbiAsid(3), sync());
    assertThat(again.forwarded().stream()).containsExactly(1);
    assertThat(guest.hostSucceeds().cons()).isEqualTo(4);
  }

  @Test
  void the_guest_sees_the_earliest_of_several_failures() {
    Guest guest = guest().submits(tlbiAsid(1), tlbiAsid(2), tlbiAsid(3));

    guest.hostReports(Guest.failedInvalidation(0, 2, 5), Guest.failedInvalidation(0, 1, 12));

    assertThat(guest.cons()).isEqualTo(1);
    assertThat(guest.events(CommandQueueFailed.class)).hasSize(1);
  }

  @Test
  void a_failure_that_was_tried_again_with_success_is_no_error() {
    Guest guest = guest().submits(tlbiAsid(1), sync());

    guest.hostReports(
        Guest.failedInvalidation(0, -1, 12),
        new HostOperation(Kind.INVALIDATE, 0, 3, -1, 0, 1, 0, 0, -1));

    assertThat(guest.cons()).isEqualTo(2);
    assertThat(guest.state().commandQueueStopped()).isFalse();
  }

  @Test
  void a_failed_entry_beyond_the_slice_never_moves_cons_past_it() {
    Guest guest = guest().submits(tlbiAsid(1), tlbiAsid(2));

    guest.hostReports(Guest.failedInvalidation(0, 4000, 5));

    assertThat(guest.cons()).isEqualTo(1);
  }

  @Test
  void an_outcome_of_another_decision_does_not_move_cons() {
    Guest guest = guest().submits(tlbiAsid(1));

    guest.meets(
        new Stimulus.ReportHostOutcome(guest.state().commandQueue().awaiting() - 1, List.of()));
    assertThat(guest.cons()).isZero();
    assertThat(guest.state().commandQueue().awaitsHost()).isTrue();

    guest.hostSucceeds();
    guest.meets(new Stimulus.ReportHostOutcome(-1, List.of()));
    assertThat(guest.cons()).isEqualTo(1);
  }

  @Test
  void a_failed_configuration_fails_closed_and_keeps_what_the_guest_asked_for() {
    // given a stream that translates and is configured anew
    Guest guest = guest().installs(SID, Commands.TRANSLATE);
    long old = guest.stream(SID).hwpt();
    guest.submits(cfgiSte(SID), sync());
    long wanted = guest.stream(SID).hwpt();
    long abort = guest.state().hostHandles().abortProxy();

    // when the host has no memory for the HWPT
    guest.hostReports(Guest.failed(Kind.ALLOC_HWPT, wanted, 3, SID, 12), attachedTo(guest, abort));

    // then
    assertThat(guest.event(HostFailed.class).closed()).isTrue();
    assertThat(guest.placed(SID).reason()).isEqualTo(Reason.HOST_FAILURE);
    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
    assertThat(guest.stream(SID).configuration()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(abort);
    assertThat(guest.state().objects()).doesNotContainKeys(old, wanted);
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(guest.state().health().reasons().getLast()).contains("ALLOC_HWPT", "12", "0x900");
    assertThat(guest.cons()).as("the guest goes on").isEqualTo(4);
  }

  @Test
  void a_device_that_could_not_even_be_aborted_is_a_failure_of_the_vsmmu() {
    Guest guest = guest().submits(cfgiSte(SID));
    long target = guest.stream(SID).hwpt();

    guest.hostReports(Guest.failed(Kind.ATTACH, 7, target, SID, 16));

    assertThat(guest.event(HostFailed.class).closed()).isFalse();
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.FAILED);
  }

  @Test
  void health_is_back_when_no_stream_is_closed_any_more_and_remembers_the_failure() {
    // given a stream that failed closed
    Guest guest = guest().submits(cfgiSte(SID));
    guest.hostReports(Guest.failed(Kind.ATTACH, 7, guest.stream(SID).hwpt(), SID, 16));
    long failures = guest.state().health().failures();

    // when the guest configures it again and the host does it
    guest.submits(cfgiSte(SID));
    guest.hostReports(attachedTo(guest, guest.stream(SID).hwpt()));

    // then
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.OK);
    assertThat(guest.state().health().reasons()).isEmpty();
    assertThat(guest.state().health().failures()).isEqualTo(failures).isPositive();
  }

  @Test
  void a_late_failure_of_a_hwpt_that_the_stream_has_left_closes_nothing() {
    Guest guest = guest().places(SID, Commands.TRANSLATE).submits(cfgiSte(SID));
    long wanted = guest.stream(SID).hwpt();
    guest.writes(Register.CR0, Guest.CMDQEN);

    guest.hostReports(Guest.failed(Kind.ALLOC_HWPT, wanted, 3, SID, 12));

    assertThat(guest.events(HostFailed.class)).hasSize(1);
    assertThat(guest.stream(SID).effective()).isEqualTo(BYPASS);
  }

  @Test
  void a_hwpt_that_could_not_be_destroyed_leaves_the_stream_alone() {
    Guest guest = guest().installs(SID, Commands.TRANSLATE);
    guest.places(SID, Commands.TRANSLATE_ELSEWHERE).submits(cfgiSte(SID));
    long freed = guest.placed(SID).freesHwpt();

    guest.hostReports(Guest.failed(Kind.DESTROY, freed, 0, SID, 16));

    assertThat(guest.events(HostFailed.class)).hasSize(1);
    assertThat(guest.events(StreamConfigured.class)).isEmpty();
  }

  @Test
  void a_stream_that_failed_closed_is_not_closed_again() {
    Guest guest = guest();
    guest.hostReports(Guest.failed(Kind.ALLOC_VDEVICE, 8, 3, SID, 12));
    assertThat(guest.placed(SID).reason()).isEqualTo(Reason.HOST_FAILURE);

    guest.hostReports(Guest.failed(Kind.ALLOC_VDEVICE, 8, 3, SID, 12));

    assertThat(guest.events(StreamConfigured.class)).isEmpty();
  }

  @Test
  void a_cd_invalidation_that_failed_outside_the_queue_closes_the_stream() {
    Guest guest = Guest.configured().withDevice(SID).places(SID, Commands.TRANSLATE);
    guest.writes(Register.CR0, Guest.ALL_ENABLED);

    guest.hostReports(new HostOperation(Kind.INVALIDATE, 0, 3, SID, -1, 1, 0, 5, 0));

    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
  }

  @Test
  void a_failure_for_a_device_that_is_gone_gives_its_stream_no_hwpt() {
    Guest guest = guest().installs(SID, Commands.TRANSLATE);
    guest.meets(new Stimulus.DetachDevice(SID));

    guest.hostReports(Guest.failed(Kind.ATTACH, 7, 0, SID, 19));

    assertThat(guest.stream(SID).hwpt()).isZero();
  }

  @Test
  void kernel_ids_are_an_attribute_of_the_outcome() {
    Guest guest = guest().places(SID, Commands.TRANSLATE).submits(cfgiSte(SID));
    long hwpt = guest.stream(SID).hwpt();

    guest.hostReports(new HostOperation(Kind.ALLOC_HWPT, hwpt, 3, SID, -1, 0, 13, 0, -1));

    assertThat(guest.state().objects().get(hwpt).kernelId()).isEqualTo(13);
  }
}
