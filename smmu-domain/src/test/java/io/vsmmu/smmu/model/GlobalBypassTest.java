package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.BYPASS;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static io.vsmmu.smmu.event.StreamBehaviour.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** IHI 0070, 6.3.14 GBPA, and what CR0.SMMUEN does to the streams. */
class GlobalBypassTest {

  private static final long UPDATE = 0x8000_0000L;
  private static final long GBPA_ABORT = 0x10_0000L;
  private static final int SID = 0x900;

  @Test
  void gbpa_without_update_is_ignored() {
    Guest guest = Guest.created();
    long before = guest.reg(Register.GBPA);

    guest.writes(Register.GBPA, GBPA_ABORT);

    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.UPDATE_NOT_SET);
    assertThat(guest.reg(Register.GBPA)).isEqualTo(before);
  }

  @Test
  void gbpa_with_update_takes_effect_at_once_and_update_reads_zero() {
    Guest guest = Guest.created().withDevice(SID);
    assertThat(guest.stream(SID).effective()).isEqualTo(BYPASS);

    guest.writes(Register.GBPA, UPDATE | GBPA_ABORT);

    assertThat(guest.reg(Register.GBPA)).isEqualTo(GBPA_ABORT);
    assertThat(guest.placed(SID).reason()).isEqualTo(Reason.GBPA_UPDATED);
    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
    assertThat(guest.stream(SID).configuration()).isEqualTo(ABORT);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void gbpa_with_smmuen_is_future_policy_only() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, Commands.TRANSLATE);
    long hwpt = guest.stream(SID).hwpt();

    guest.writes(Register.GBPA, UPDATE | GBPA_ABORT);

    assertThat(guest.events(StreamConfigured.class)).isEmpty();
    assertThat(guest.stream(SID).hwpt()).isEqualTo(hwpt);

    guest.writes(Register.CR0, Guest.CMDQEN);
    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
  }

  @Test
  void gbpa_that_keeps_abort_moves_nobody() {
    Guest guest = Guest.created().withDevice(SID);

    guest.writes(Register.GBPA, UPDATE | 0x2000);

    assertThat(guest.reg(Register.GBPA)).isEqualTo(0x2000);
    assertThat(guest.events(StreamConfigured.class)).isEmpty();
  }

  @Test
  void smmuen_0_to_1_redrives_every_attached_stream_from_its_ste() {
    Guest guest =
        Guest.configured()
            .withDevice(1)
            .withDevice(2)
            .withDevice(3)
            .places(1, Commands.TRANSLATE)
            .places(2, Commands.BYPASS);
    assertThat(guest.stream(1).effective()).isEqualTo(BYPASS);

    guest.writes(Register.CR0, Guest.SMMUEN);

    assertThat(guest.placed(1).reason()).isEqualTo(Reason.SMMU_ENABLED);
    assertThat(guest.placed(1).allocatesHwpt()).isTrue();
    assertThat(guest.stream(1).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(2).effective()).isEqualTo(BYPASS);
    assertThat(guest.stream(3).effective()).as("no STE").isEqualTo(ABORT);
  }

  @Test
  void smmuen_1_to_0_redrives_from_gbpa_and_keeps_what_the_guest_configured() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, Commands.TRANSLATE);
    long hwpt = guest.stream(SID).hwpt();

    guest.writes(Register.CR0, Guest.CMDQEN);

    assertThat(guest.placed(SID).reason()).isEqualTo(Reason.SMMU_DISABLED);
    assertThat(guest.stream(SID).effective()).isEqualTo(BYPASS);
    assertThat(guest.stream(SID).configuration()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(SID).ste()).isEqualTo(Commands.TRANSLATE);
    assertThat(guest.placed(SID).freesHwpt()).isEqualTo(hwpt);
    assertThat(guest.state().objects()).doesNotContainKey(hwpt);
  }

  @Test
  void cfgi_ste_while_disabled_is_kept_for_later() {
    Guest guest = Guest.configured().writes(Register.CR0, Guest.CMDQEN).withDevice(SID);

    guest.installs(SID, Commands.TRANSLATE);

    assertThat(guest.stream(SID).effective()).isEqualTo(BYPASS);
    assertThat(guest.stream(SID).configuration()).isEqualTo(TRANSLATE);
  }

  @Test
  void enabling_without_a_reading_never_leaves_a_device_on_gbpas_bypass() {
    Guest guest = Guest.configured().withDevice(SID);

    guest.meets(new Stimulus.WriteRegister(Register.CR0.offset(), 4, Guest.SMMUEN, List.of()));

    assertThat(guest.stream(SID).configuration()).isEqualTo(UNKNOWN);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void enabling_without_a_reading_keeps_the_ste_that_was_told() {
    Guest guest =
        Guest.configured()
            .writes(Register.CR0, Guest.CMDQEN)
            .withDevice(SID)
            .installs(SID, Commands.TRANSLATE);

    guest.meets(
        new Stimulus.WriteRegister(
            Register.CR0.offset(), 4, Guest.SMMUEN, List.of(SteFetch.unknown(SID))));

    assertThat(guest.stream(SID).effective()).isEqualTo(TRANSLATE);
  }
}
