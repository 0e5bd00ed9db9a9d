package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.NeedsHost;
import io.vsmmu.host.kernel.OpenDescriptors;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of one vSMMU on the running kernel, which a test begins as {@link #rig}. Each test leaves
 * neither an object of the kernel nor a descriptor open.
 */
@ExtendWith(NeedsHost.class)
abstract class KernelRigTest {

  static final HostPaths PATHS = HostPaths.system();

  /** The device whose DMA shows what its vSMMU does; empty if this host has none. */
  static final String DEVICE = new HostCast(PATHS).device().orElse("");

  private final List<String> before = OpenDescriptors.ofHosts();
  final GuestRam ram = new GuestRam();

  /** Absent when the test did not begin, because the host lacks a device for it. */
  KernelRig rig;

  static void needsDevice() {
    assumeTrue(EduDevice.is(PATHS, DEVICE), DEVICE + " is no device that does DMA on command");
  }

  @AfterEach
  void leavesNothing() {
    if (rig != null) {
      assertThat(rig.dismantle()).isZero();
    }
    closeKept();
    ram.close();
    assertThat(OpenDescriptors.ofHosts()).isEqualTo(before);
  }

  /** Closes the descriptors that outlive the rig. */
  void closeKept() {}
}
