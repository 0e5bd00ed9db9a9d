package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.BYPASS;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static io.vsmmu.smmu.event.StreamBehaviour.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Creation, reset, pause, deletion; and what recordings observe. */
class LifecycleTest {

  @Test
  void a_boot_is_counted_with_the_first_access_and_with_each_reset_of_a_machine_that_ran() {
    Guest guest = Guest.created();
    Stimulus.Reset machine = new Stimulus.Reset(Stimulus.ResetSource.VMM);
    assertThat(guest.state().boots()).isZero();

    guest.meets(machine).writes(Register.CR0, 8);
    assertThat(guest.state().boots()).isEqualTo(1);

    guest.meets(machine).meets(machine).writes(Register.CR0, 8);
    assertThat(guest.state().boots()).isEqualTo(2);

    guest.meets(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));
    assertThat(guest.state().boots()).isEqualTo(2);
  }

  @Test
  void reset_keeps_the_ids_and_resets_every_other_register() {
    Guest guest = Guest.booted().runs(Commands.sync(), Commands.sync());

    guest.meets(new Stimulus.Reset(ResetSource.VMM));

    assertThat(guest.state().registers()).isEqualTo(RegisterFile.RESET);
    assertThat(guest.state().ids()).isEqualTo(Guest.IDS);
    assertThat(guest.state().commandQueue()).isEqualTo(CommandQueue.EMPTY);
  }

  @Test
  void reset_puts_streams_on_gbpa_and_frees_what_the_guest_installed() {
    Guest guest = Guest.booted().withDevice(1).installs(1, Commands.TRANSLATE);
    guest.installs(2, Commands.TRANSLATE);
    long hwpt = guest.stream(1).hwpt();

    guest.meets(new Stimulus.Reset(ResetSource.OPERATOR));

    assertThat(guest.placed(1).reason()).isEqualTo(Reason.RESET);
    assertThat(guest.placed(1).freesHwpt()).isEqualTo(hwpt);
    assertThat(guest.stream(1).effective()).isEqualTo(BYPASS);
    assertThat(guest.stream(1).ste()).isEqualTo(Commands.INVALID);
    assertThat(guest.state().objects()).doesNotContainKey(hwpt).containsKeys(7L, 8L);
    assertThat(guest.state().stream(2)).as("without a device it is forgotten").isEmpty();
  }

  @Test
  void an_outcome_from_before_a_reset_moves_nothing() {
    Guest guest = Guest.booted().withDevice(1).submits(Commands.tlbiAll());
    long decision = guest.state().commandQueue().awaiting();
    guest.meets(new Stimulus.Reset(ResetSource.VMM));

    guest.meets(new Stimulus.ReportHostOutcome(decision, List.of()));

    assertThat(guest.cons()).isZero();
  }

  @Test
  void a_vsmmu_is_created_once_and_nothing_happens_before_or_after_its_life() {
    Guest guest = Guest.created();
    Stimulus write = new Stimulus.WriteRegister(0x20, 4, 1, List.of());
    assertThat(Vsmmu.decide(VsmmuState.ABSENT, write)).isInstanceOf(Decision.Refused.class);
    assertThat(guest.isRefused(guest.state().stimulus() == 0 ? create() : write).given())
        .isEqualTo("exists");

    guest.withDevice(1).meets(new Stimulus.Delete());

    assertThat(guest.isRefused(write).given()).isEqualTo("deleted");
    assertThat(guest.state().objects()).isEmpty();
    assertThat(guest.state().devices()).isEmpty();
    assertThat(guest.stream(1).hwpt()).isZero();
  }

  private static Stimulus create() {
    return new Stimulus.Create(
        io.vsmmu.smmu.stimulus.Origin.LIVE,
        io.vsmmu.smmu.stimulus.Durability.COMMITTED,
        VsmmuProperties.ALL_AUTO,
        Guest.IDS);
  }

  @Test
  void pause_and_resume_alternate() {
    Guest guest = Guest.created();
    assertThat(guest.isRefused(new Stimulus.Resume()).given()).isEqualTo("running");

    guest.meets(new Stimulus.Pause());
    assertThat(guest.state().lifecycle()).isEqualTo(Lifecycle.PAUSED);
    assertThat(guest.isRefused(new Stimulus.Pause()).given()).isEqualTo("paused");

    guest.meets(new Stimulus.Resume());
    assertThat(guest.state().lifecycle()).isEqualTo(Lifecycle.RUNNING);
  }

  @Test
  void observed_reads_that_differ_from_our_registers_are_counted() {
    Guest guest = Guest.created().writes(Register.CR1, 0xd75);

    guest.meets(
        new Stimulus.ObserveReads(
            List.of(
                new RegisterRead(0x28, 4, 0xd75),
                new RegisterRead(0x28, 4, 0xd74),
                new RegisterRead(0x00, 4, Guest.IDS.idr0()),
                new RegisterRead(0x3000, 4, 0))));

    assertThat(guest.event(RegisterReadsObserved.class).differing()).isEqualTo(1);
    assertThat(guest.state().observations().reads()).isEqualTo(4);
    assertThat(guest.state().observations().differingReads()).isEqualTo(1);
  }

  @Test
  void observed_host_calls_are_evidence_and_change_no_state() {
    Guest guest = Guest.booted().withDevice(1);
    VsmmuState before = guest.state();

    guest.meets(
        new Stimulus.ObserveHostCalls(
            List.of(
                new RecordedHostCall("alloc_hwpt", "hwpt 13", 0, 0, 1),
                new RecordedHostCall("invalidate", "", 3, 0, 2))));

    assertThat(guest.state().observations().hostCalls()).isEqualTo(2);
    assertThat(guest.state().observations().hostInvalidations()).isEqualTo(1);
    assertThat(guest.state().objects()).isEqualTo(before.objects());
  }

  @Test
  void an_observed_translation_makes_an_unknown_stream_translate_without_knowing_its_ste() {
    Guest guest = Guest.booted().submits(Commands.cfgiSte(5));
    assertThat(guest.stream(5).configuration()).isEqualTo(UNKNOWN);

    guest.meets(new Stimulus.ObserveTranslation(5, 1, 0x1000, 0x8000_0000L));
    guest.meets(new Stimulus.ObserveTranslation(6, 1, 0x1000, 0x8000_0000L));

    for (int sid : new int[] {5, 6}) {
      assertThat(guest.stream(sid).configuration()).isEqualTo(TRANSLATE);
      assertThat(guest.stream(sid).completeness()).isEqualTo(Completeness.NOTHING);
      assertThat(guest.stream(sid).reason()).isEqualTo(Reason.OBSERVED);
    }
  }

  @Test
  void an_observed_translation_changes_nothing_that_is_known() {
    Guest guest = Guest.booted().installs(5, Commands.BYPASS);
    guest.meets(new Stimulus.ObserveTranslation(5, 1, 0, 0));
    assertThat(guest.events(StreamConfigured.class)).isEmpty();

    guest.withDevice(6).meets(new Stimulus.ObserveTranslation(6, 1, 0, 0));
    assertThat(guest.events(StreamConfigured.class)).isEmpty();

    guest.meets(new Stimulus.ObserveTranslation(7, 2, 0, 0));
    assertThat(guest.state().stream(7)).isEmpty();
  }

  @Test
  void kept_lines_and_a_partial_recording_are_in_the_state() {
    Guest guest = Guest.created().meets(new Stimulus.KeepLines(3, List.of("a", "b")));
    assertThat(guest.state().observations().keptLines()).isEqualTo(2);

    guest.meets(new Stimulus.FinishRecording(false, "cut"));
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.PARTIAL);
    assertThat(guest.state().health().reasons()).containsExactly("cut");
  }
}
