package io.vsmmu.host.apply;

import static io.vsmmu.host.apply.Entries.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.IommuCall;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VsmmuHostTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";

  @Test
  void the_first_device_brings_all_shared_objects_in_an_order_the_kernel_accepts() {
    Rig rig = Rig.standard().attach(A);

    assertThat(rig.calls(0))
        .containsExactly(
            "open",
            "bind",
            "alloc_ioas",
            "alloc_nesting_parent",
            "hw_info",
            "alloc_viommu",
            "alloc_nested_hwpt",
            "alloc_nested_hwpt",
            "alloc_veventq",
            "alloc_vdevice",
            "attach");
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 2, 1, 1, 1, 0));
    rig.agrees().leaksNothing();
  }

  @Test
  void a_second_device_shares_what_the_first_one_brought() {
    Rig rig = Rig.standard().attach(A);
    long from = rig.host.callCount();

    rig.attach(B);

    assertThat(rig.calls(from)).containsExactly("bind", "alloc_vdevice", "attach");
    rig.agrees().leaksNothing();
  }

  @Test
  void a_device_is_bypassed_before_the_guest_enables_the_smmu_and_aborts_after() {
    Rig rig = Rig.standard().attach(A);
    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.BYPASS);

    rig.enable();

    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.ABORT);
    assertThat(rig.host.objects().nestedHwpts()).isEqualTo(2);
    rig.agrees();
  }

  @Test
  void the_proxies_serve_bypass_and_abort() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.BYPASS).agrees();
    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.BYPASS);

    rig.installs(A, Entries.ABORT).agrees().leaksNothing();

    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.ABORT);
    assertThat(rig.host.objects().nestedHwpts()).isEqualTo(2);
  }

  @Test
  void a_new_hwpt_is_attached_before_the_old_one_is_destroyed() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);
    long from = rig.host.callCount();

    rig.installs(A, Entries.translate(0x5000_0000L));

    assertThat(rig.calls(from))
        .containsExactly("alloc_nested_hwpt", "attach", "invalidate", "destroy");
    assertThat(rig.issuedCalls(from)).allMatch(call -> call.errno().isEmpty());
    assertThat(rig.attachment(A).orElseThrow().ste0()).isEqualTo(0x5000_000bL);
    rig.agrees().leaksNothing();
  }

  @Test
  void each_call_of_a_live_vsmmu_has_the_time_at_which_it_was_made_and_how_long_it_took() {
    Rig rig = Rig.standard().hears().attach(A).enable().installs(A, Entries.TRANSLATE);
    long earliest = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

    ReportHostOutcome outcome = rig.installs(A, Entries.translate(0x5000_0000L)).outcome();
    long latest = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

    assertThat(outcome.beganMicros()).isBetween(earliest, latest);
    assertThat(outcome.operations())
        .extracting(HostOperation::kind)
        .containsExactly(Kind.ALLOC_HWPT, Kind.ATTACH, Kind.INVALIDATE, Kind.DESTROY);
    assertThat(outcome.operations()).allMatch(HostOperation::timed);
    long free = 0;
    for (HostOperation operation : outcome.operations()) {
      assertThat(operation.beganNanos()).isGreaterThanOrEqualTo(free);
      free = operation.beganNanos() + operation.tookNanos();
    }
    assertThat(free / 1000).isLessThanOrEqualTo(latest - earliest + 1000);
  }

  @Test
  void the_calls_of_a_replay_or_an_import_have_no_times() {
    ReportHostOutcome outcome =
        Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE).outcome();

    assertThat(outcome.beganMicros()).isZero();
    assertThat(outcome.operations()).isNotEmpty().noneMatch(HostOperation::timed);
  }

  @Test
  void an_ste_over_an_equal_one_forgets_the_context_descriptors() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);

    rig.installs(A, Entries.TRANSLATE);

    assertThat(rig.issued())
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.guest0() & 0xff).isEqualTo(CommandOpcode.CFGI_CD_ALL.code());
              assertThat(command.guest0() >>> 32).isEqualTo(Rig.sid(A));
            });
  }

  @Test
  void the_first_stage_1_has_no_context_descriptors_to_forget() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);

    assertThat(rig.issued()).isEmpty();
  }

  @Test
  void detaching_frees_what_the_device_had_and_keeps_what_is_shared() {
    Rig rig =
        Rig.standard()
            .attach(A)
            .attach(B)
            .enable()
            .installs(A, Entries.TRANSLATE)
            .installs(B, Entries.TRANSLATE);

    rig.detach(A);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 3, 1, 1, 1, 0));
    rig.agrees().leaksNothing();
    rig.attach(A).agrees().leaksNothing();
  }

  @Test
  void deleting_frees_everything() {
    Rig rig = Rig.standard().attach(A).attach(B).enable().installs(A, Entries.TRANSLATE);

    rig.meets(new Stimulus.Delete());

    assertThat(rig.host.objects()).isEqualTo(ObjectCounts.NONE);
  }

  @Test
  void a_reset_puts_streams_under_global_bypass_and_frees_guest_stes() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);

    rig.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.BYPASS);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_rebuilt_host_holds_what_the_state_says() {
    Rig rig =
        Rig.standard()
            .attach(A)
            .attach(B)
            .enable()
            .installs(A, Entries.TRANSLATE)
            .installs(B, Entries.BYPASS);

    rig.restarts(Optional.empty());

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().health()).isEqualTo(Health.OK);
    rig.agrees().leaksNothing();
    rig.installs(A, Entries.translate(0x6000_0000L)).agrees().leaksNothing();
  }

  @Test
  void a_slice_without_an_outcome_is_issued_again_after_a_restart() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);
    var lost = rig.losesOutcomeOf(List.of(Entries.tlbiVa(0x1000), Entries.tlbiVa(0x2000), sync()));
    assertThat(rig.state().commandQueue().awaitsHost()).isTrue();

    rig.restarts(Optional.of(lost));

    assertThat(rig.issued()).hasSize(2);
    assertThat(rig.state().commandQueue().awaitsHost()).isFalse();
    assertThat(rig.cons()).isEqualTo(rig.fetched());
    rig.agrees().leaksNothing();
  }

  @Test
  void a_restart_onto_a_host_that_cannot_be_opened_is_a_failure_of_every_stream() {
    Rig rig = Rig.standard().attach(A).attach(B).enable().installs(A, Entries.TRANSLATE);
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.OPEN, 1, Errno.EMFILE));

    rig.restarts(Optional.empty());

    assertThat(rig.state().health().status()).isEqualTo(Health.Status.FAILED);
    assertThat(rig.stream(A).effective()).isEqualTo(StreamBehaviour.ABORT);
    assertThat(rig.stream(B).effective()).isEqualTo(StreamBehaviour.ABORT);
    assertThat(rig.host.objects()).isEqualTo(ObjectCounts.NONE);
    rig.agrees();
  }

  @Test
  void detaching_opens_no_host() {
    Rig rig = Rig.standard();
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.OPEN, 1, Errno.EMFILE));
    rig.attach(A);
    long from = rig.host.callCount();

    rig.detach(A);

    assertThat(rig.calls(from)).isEmpty();
    rig.attach(A).agrees().leaksNothing();
  }

  @Test
  void a_device_that_was_refused_is_brought_with_the_next_configuration() {
    Rig rig = Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.OPEN, 1, Errno.EMFILE));
    rig.restarts(Optional.empty());

    rig.installs(A, Entries.TRANSLATE);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.TRANSLATE);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_kernel_without_veventqs_gives_devices_all_the_same() {
    Rig rig = Rig.standard();
    rig.host.faults(FaultPlan.parse("alloc_veventq:1:ENOTTY:always"));

    rig.attach(A).enable().installs(A, Entries.TRANSLATE).installs(A, Entries.BYPASS);

    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.BYPASS);
    assertThat(rig.calls(0)).containsOnlyOnce("alloc_veventq");
    assertThat(rig.state().health().status()).isNotEqualTo(Health.Status.FAILED);
    assertThat(rig.state().health().failures()).isEqualTo(1);
    rig.agrees();
  }

  @Test
  void shared_objects_that_failed_half_way_are_completed_by_the_next_attach() {
    int hardwareInfo = 5; // not needed: invalidations are issued twice then
    for (int call = 1; call <= 11; call += call + 1 == hardwareInfo ? 2 : 1) {
      Rig rig = Rig.standard();
      rig.host.faults(FaultPlan.nthCall(call, Errno.ENOMEM));
      rig.attach(A);
      assertThat(rig.failures()).isNotEmpty();
      rig.detach(A);
      assertThat(rig.host.objects().devices()).isZero();

      rig.attach(A);

      assertThat(rig.failures()).isEmpty();
      assertThat(rig.host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 2, 1, 1, 1, 0));
      rig.agrees().leaksNothing();
    }
  }

  @Test
  void streams_of_a_disabled_smmu_follow_gbpa() {
    Rig rig = Rig.standard().attach(A);

    rig.writes(Register.GBPA, 1L << 31 | 1L << 20);

    assertThat(rig.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.ABORT);
    rig.agrees();
  }

  @Test
  void events_that_concern_no_host_cause_no_call() {
    Rig rig = Rig.standard();

    rig.writes(Register.CR1, 0xd75).runs(Entries.tlbiVa(0), sync());

    assertThat(rig.issuedCalls(0)).extracting(IssuedCall::text).isEmpty();
    assertThat(rig.state()).isNotEqualTo(VsmmuState.ABSENT);
  }
}
