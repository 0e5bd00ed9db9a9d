package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One device of a vSMMU on the running kernel, observed by its DMA. */
class VsmmuOnKernelTest extends KernelRigTest {

  private static final long GBPA_UPDATE = 1L << 31;
  private static final long GBPA_ABORT = 1L << 20;

  @BeforeEach
  void begin() {
    needsDevice();
    rig = KernelRig.alone(new IommufdHost(), ram);
  }

  private void expect(Way way) {
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.OK);
    assertThat(rig.way(DEVICE)).isEqualTo(way);
    rig.agrees();
  }

  @Test
  void dma_is_bypassed_before_the_guest_enables_the_smmu_and_aborted_after() {
    rig.attach(DEVICE);
    expect(Way.BYPASS);

    rig.enable();
    expect(Way.NONE);
  }

  @Test
  void dma_goes_where_the_installed_ste_says() {
    rig.attach(DEVICE).enable();

    rig.installs(DEVICE, KernelRig.FIRST);
    expect(Way.FIRST);
    rig.installs(DEVICE, KernelRig.SECOND);
    expect(Way.SECOND);
    rig.installs(DEVICE, Entries.ABORT);
    expect(Way.NONE);
    rig.installs(DEVICE, Entries.BYPASS);
    expect(Way.BYPASS);
    rig.installs(DEVICE, KernelRig.FIRST);
    expect(Way.FIRST);
  }

  @Test
  void streams_of_a_disabled_smmu_follow_gbpa() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);

    rig.writes(Register.CR0, 0);
    expect(Way.BYPASS);
    rig.writes(Register.GBPA, GBPA_UPDATE | GBPA_ABORT);
    expect(Way.NONE);
  }

  @Test
  void a_reset_ends_translation() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);

    rig.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    expect(Way.BYPASS);
  }

  @Test
  void a_mapping_that_the_guest_took_away_is_gone_with_its_invalidation() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    expect(Way.FIRST);

    ram.unmap(Way.FIRST);
    rig.runs(Entries.tlbiVa(0), Entries.sync());
    assertThat(rig.cons()).isEqualTo(rig.fetched());
    assertThat(rig.way(DEVICE)).isEqualTo(Way.NONE);

    ram.map(Way.FIRST);
    rig.runs(Entries.tlbiVa(0), Entries.sync());
    expect(Way.FIRST);
  }

  @Test
  void a_thousand_invalidations_and_more_are_taken() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    CommandEntry[] entries = new CommandEntry[1500];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = i == entries.length - 1 ? Entries.sync() : Entries.tlbiVa((long) i << 12);
    }

    rig.runs(entries);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.cons()).isEqualTo(rig.fetched());
    expect(Way.FIRST);
  }

  @Test
  void a_device_that_translates_is_detached_and_comes_back() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);

    rig.detach(DEVICE);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.context().devices()).isEmpty();

    rig.attach(DEVICE);
    expect(Way.FIRST);
  }

  @Test
  void deleting_frees_the_device() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);

    rig.meets(new Stimulus.Delete());

    try (KernelOwner other = new KernelOwner()) {
      assertThat(other.bind(DEVICE)).isEmpty();
    }
  }

  @Test
  void a_rebuilt_host_translates_as_before() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.SECOND);

    rig.restarts(Optional.empty());

    expect(Way.SECOND);
    rig.installs(DEVICE, KernelRig.FIRST);
    expect(Way.FIRST);
  }

  @Test
  void a_device_that_another_process_has_is_refused_and_can_be_bound_later() {
    try (KernelOwner other = new KernelOwner()) {
      assertThat(other.bind(DEVICE)).isEmpty();
      rig.attach(DEVICE);
      assertThat(rig.failures()).isNotEmpty();
      assertThat(rig.state().health().status()).isNotEqualTo(Health.Status.OK);
      rig.detach(DEVICE);
    }

    rig.attach(DEVICE);

    expect(Way.BYPASS);
  }
}
