package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.IommuCall;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two functions of one device, one iommu group. */
class IommuGroupTest {

  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";

  private static Rig both() {
    return Rig.standard().attach(F0).attach(F1).enable();
  }

  private static Attachment.Kind kind(Rig rig, String address) {
    return rig.attachment(address).orElseThrow().kind();
  }

  @Test
  void a_group_moves_together() {
    Rig rig = both().installs(F0, Entries.TRANSLATE);

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
    assertThat(rig.attachment(F1)).isEqualTo(rig.attachment(F0));
    rig.agrees().leaksNothing();

    rig.installs(F1, Entries.BYPASS);

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.BYPASS);
    assertThat(kind(rig, F1)).isEqualTo(Attachment.Kind.BYPASS);
    rig.agrees().leaksNothing();
  }

  @Test
  void translating_needs_a_vdevice_for_every_device_of_the_group() {
    Rig rig = Rig.standard().attach(F0).enable().installs(F0, Entries.TRANSLATE);

    assertThat(rig.failures()).extracting(failed -> failed.errno()).containsExactly(2);
    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(rig.state().health().reasons().getLast()).contains("iommu group 3", F1);
    rig.agrees().leaksNothing();

    rig.attach(F1).installs(F0, Entries.TRANSLATE);

    assertThat(rig.failures()).isEmpty();
    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_device_joins_a_group_whose_other_device_sits_elsewhere() {
    Rig rig = Rig.standard().attach(F0).enable().installs(F0, Entries.BYPASS);

    rig.attach(F1);

    assertThat(rig.failures()).isEmpty();
    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(kind(rig, F1)).isEqualTo(Attachment.Kind.ABORT);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_device_whose_ste_translates_moves_its_group_when_it_is_attached() {
    Rig rig = both().installs(F0, Entries.TRANSLATE).detach(F1).agrees();

    rig.places(F1, Entries.translate(0x7000_0000L)).attach(F1);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.attachment(F0).orElseThrow().ste0()).isEqualTo(0x7000_000bL);
    assertThat(rig.attachment(F1)).isEqualTo(rig.attachment(F0));
    rig.agrees().leaksNothing();
  }

  @Test
  void a_new_stage_1_forgets_the_context_descriptors_of_every_device_of_the_group() {
    Rig rig = both().installs(F0, Entries.TRANSLATE);

    rig.installs(F0, Entries.TRANSLATE);

    assertThat(rig.issued())
        .extracting(command -> (int) (command.guest0() >>> 32))
        .containsExactlyInAnyOrder(Rig.sid(F0), Rig.sid(F1));
    rig.agrees().leaksNothing();
  }

  @Test
  void a_group_goes_on_translating_without_a_device_until_it_is_moved_again() {
    Rig rig = both().installs(F0, Entries.TRANSLATE).detach(F1).agrees();

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.TRANSLATE);

    rig.installs(F0, Entries.translate(0x7000_0000L));

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(rig.state().health().reasons().getLast()).contains(F1);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_restart_closes_a_group_that_lost_a_device_and_says_which() {
    Rig rig = both().installs(F0, Entries.TRANSLATE).detach(F1);

    rig.restarts(Optional.empty());

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(rig.state().health().reasons().getLast()).contains(F1);
    rig.agrees().leaksNothing();
  }

  @Test
  void an_incomplete_group_translates_when_its_last_device_is_attached_whose_ste_translates() {
    Rig rig =
        Rig.standard()
            .enable()
            .places(F0, Entries.TRANSLATE)
            .places(F1, Entries.TRANSLATE)
            .attach(F0);

    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);

    rig.attach(F1);

    assertThat(rig.failures()).isEmpty();
    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
    assertThat(rig.state().health()).matches(health -> health.status() == Health.Status.OK);
    rig.agrees().leaksNothing();
  }

  @Test
  void the_shared_hwpt_is_destroyed_with_the_last_device() {
    Rig rig = both().installs(F0, Entries.TRANSLATE).detach(F0).agrees().leaksNothing();
    assertThat(kind(rig, F1)).isEqualTo(Attachment.Kind.TRANSLATE);

    rig.detach(F1);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.host.objects().nestedHwpts()).isEqualTo(2);
    rig.leaksNothing();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void a_group_fails_closed_as_one(int attach) {
    Rig rig = both().installs(F0, Entries.BYPASS);
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.ATTACH, attach, Errno.ENOMEM));

    rig.installs(F0, Entries.TRANSLATE);

    if (rig.host.faultsInjected() == 1) {
      assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.ABORT);
      assertThat(kind(rig, F1)).isEqualTo(Attachment.Kind.ABORT);
      assertThat(rig.stream(F1).effective()).isEqualTo(StreamBehaviour.ABORT);
    }
    rig.agrees().leaksNothing();
  }

  @Test
  void where_even_abort_is_refused_the_dma_of_the_group_is_blocked() {
    Rig rig = both().installs(F0, Entries.TRANSLATE);
    rig.host.faults(FaultPlan.parse("attach:1:ENOMEM:always"));

    rig.installs(F0, Entries.BYPASS);

    assertThat(rig.attachment(F0)).isEmpty();
    assertThat(rig.attachment(F1)).isEmpty();
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.FAILED);
    rig.agrees().leaksNothing();

    rig.host.faults(FaultPlan.none());
    rig.installs(F0, Entries.TRANSLATE).agrees().leaksNothing();
    assertThat(kind(rig, F1)).isEqualTo(Attachment.Kind.TRANSLATE);
  }

  @Test
  void a_group_is_rebuilt_on_one_hwpt() {
    Rig rig = both().installs(F1, Entries.TRANSLATE);

    rig.restarts(Optional.empty());

    assertThat(rig.failures()).isEmpty();
    assertThat(kind(rig, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
    rig.agrees().leaksNothing();
  }
}
