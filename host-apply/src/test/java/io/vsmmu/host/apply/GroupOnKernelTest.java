package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Health;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two functions of one iommu group on the running kernel. */
class GroupOnKernelTest extends KernelRigTest {

  private static final List<String> GROUP = new HostCast(PATHS).group();

  private String f0;
  private String f1;

  @BeforeEach
  void begin() {
    assumeTrue(
        GROUP.size() == 2 && GROUP.stream().allMatch(device -> EduDevice.is(PATHS, device)),
        "no iommu group of two devices that do DMA on command");
    f0 = GROUP.getFirst();
    f1 = GROUP.getLast();
    rig = KernelRig.alone(new IommufdHost(), ram);
  }

  private void expectBoth(Way way) {
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(f0)).isEqualTo(way);
    assertThat(rig.way(f1)).isEqualTo(way);
    rig.agrees();
  }

  @Test
  void a_group_moves_together() {
    rig.attach(f0).attach(f1).enable();
    expectBoth(Way.NONE);

    rig.installs(f0, KernelRig.FIRST);
    expectBoth(Way.FIRST);
    rig.installs(f1, KernelRig.SECOND);
    expectBoth(Way.SECOND);
    rig.installs(f0, Entries.BYPASS);
    expectBoth(Way.BYPASS);
  }

  @Test
  void a_group_fails_closed_until_all_its_devices_are_there() {
    rig.attach(f0).enable().installs(f0, KernelRig.FIRST);

    assertThat(rig.failures())
        .extracting(failed -> failed.errno())
        .containsExactly(Errno.ENOENT.number());
    assertThat(rig.way(f0)).isEqualTo(Way.NONE);
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    rig.agrees();

    rig.attach(f1).installs(f0, KernelRig.FIRST);
    expectBoth(Way.FIRST);
  }

  @Test
  void one_that_joins_takes_its_group_along() {
    rig.attach(f0).enable().installs(f0, Entries.BYPASS);
    assertThat(rig.way(f0)).isEqualTo(Way.BYPASS);

    rig.attach(f1);
    expectBoth(Way.NONE);

    rig.detach(f1).places(f1, KernelRig.SECOND).attach(f1);
    expectBoth(Way.SECOND);
  }

  @Test
  void one_that_leaves_lets_the_other_go_on() {
    rig.attach(f0).attach(f1).enable().installs(f0, KernelRig.FIRST);

    rig.detach(f0);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(f1)).isEqualTo(Way.FIRST);
    rig.agrees();
    rig.detach(f1);
    assertThat(rig.failures()).isEmpty();
  }

  @Test
  void a_group_is_rebuilt_on_one_hwpt() {
    rig.attach(f0).attach(f1).enable().installs(f1, KernelRig.SECOND);

    rig.restarts(Optional.empty());

    expectBoth(Way.SECOND);
  }

  @Test
  void no_other_iommufd_can_bind_a_device_of_the_group() {
    rig.attach(f0);

    try (KernelOwner other = new KernelOwner()) {
      assertThat(other.bind(f1)).contains(Errno.EPERM);
    }
  }
}
