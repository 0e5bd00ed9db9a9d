package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.FailingCalls;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.NeedsHost;
import io.vsmmu.host.kernel.OpenDescriptors;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Health;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The 1st, 2nd, ... system call of a vSMMU's life on the running kernel fails. */
@ExtendWith(NeedsHost.class)
class EveryNthFailureOnKernelTest {

  private static final HostPaths PATHS = HostPaths.system();
  private static final HostCast CAST = new HostCast(PATHS);
  private static final String DEVICE = CAST.device().orElse("");
  private static final List<String> GROUP = CAST.group();
  private static final int MOST_TRIES = 8;
  private static final int LEAST_CALLS = 20;

  private final FailingCalls calls = new FailingCalls(KernelCalls.system());
  private GuestRam ram;

  /** One step of a scenario. */
  private interface Step {
    void run(KernelRig rig);
  }

  /** The scenarios, as steps up to the one at which the devices' DMA is checked. */
  private enum Life {
    ONE_DEVICE(
        rig -> attach(rig, DEVICE),
        KernelRig::enable,
        rig -> rig.installs(DEVICE, KernelRig.FIRST),
        EveryNthFailureOnKernelTest::invalidates,
        rig -> rig.installs(DEVICE, Entries.BYPASS),
        rig -> rig.installs(DEVICE, KernelRig.SECOND)),
    GROUP_OF_TWO(
        rig -> attach(rig, GROUP.getFirst()),
        rig -> attach(rig, GROUP.getLast()),
        KernelRig::enable,
        rig -> rig.installs(GROUP.getFirst(), KernelRig.FIRST),
        rig -> rig.installs(GROUP.getLast(), KernelRig.SECOND)),
    RESTART(
        rig -> attach(rig, DEVICE),
        KernelRig::enable,
        rig -> rig.installs(DEVICE, KernelRig.FIRST),
        rig -> rig.restarts(Optional.empty()),
        rig -> rig.installs(DEVICE, KernelRig.SECOND));

    private final List<Step> steps;

    Life(Step... steps) {
      this.steps = List.of(steps);
    }
  }

  @BeforeEach
  void begin() {
    assumeTrue(EduDevice.is(PATHS, DEVICE), DEVICE + " is no device that does DMA on command");
    assumeTrue(GROUP.size() == 2, "no iommu group of two vfio devices");
    ram = new GuestRam();
  }

  @AfterEach
  void end() {
    if (ram != null) {
      ram.close();
    }
  }

  /**
   * Attaches as an operator does: an attachment that the host refuses is undone and requested
   * again.
   */
  private static void attach(KernelRig rig, String address) {
    rig.attach(address);
    if (!rig.failures().isEmpty()) {
      rig.detach(address);
      rig.attach(address);
    }
  }

  /** The guest acknowledges the error that it sees and continues where the queue stopped. */
  private static void invalidates(KernelRig rig) {
    var entries =
        List.of(Entries.tlbiVa(0x1000), Entries.sync(), Entries.tlbiVa(0x2000), Entries.sync());
    long start = rig.fetched();
    rig.runs(entries);
    for (int tries = 0; rig.state().commandQueueStopped() && tries < MOST_TRIES; tries++) {
      rig.acknowledges();
      rig.consumes(entries.subList((int) (rig.fetched() - start), entries.size()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void log_and_host_agree_and_nothing_is_left(Life life) {
    int made = live(life, -1, Errno.ENOMEM);
    assertThat(made).isGreaterThanOrEqualTo(LEAST_CALLS);
    for (Errno errno : List.of(Errno.ENOMEM, Errno.EINTR, Errno.EBUSY)) {
      for (int nth = 0; nth < made; nth++) {
        try {
          live(life, nth, errno);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("%s: call %d failed with %s".formatted(life, nth, errno), e);
        }
      }
    }
  }

  /** Runs a scenario; returns the number of system calls. */
  private int live(Life life, int nth, Errno errno) {
    List<String> before = OpenDescriptors.ofHosts();
    KernelRig rig = KernelRig.alone(new IommufdHost(PATHS, calls), ram);
    calls.fail(nth, errno);
    boolean reported = false;
    for (Step step : life.steps) {
      if (rig.state().commandQueueStopped()) {
        rig.acknowledges();
      }
      step.run(rig);
      reported |= !rig.failures().isEmpty();
      rig.holds();
    }
    int made = calls.made();
    if (nth < 0) {
      assertThat(reported).isFalse();
      assertThat(rig.state().health()).isEqualTo(Health.OK);
    }
    calls.fail(-1, errno);
    if (nth < 0 || reported && errno == Errno.ENOMEM) {
      rig.agrees();
    }
    assertThat(rig.dismantle()).isZero();
    assertThat(OpenDescriptors.ofHosts()).isEqualTo(before);
    return made;
  }
}
