package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.NeedsHost;
import io.vsmmu.host.kernel.OpenDescriptors;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A device that is unplugged on the running kernel while it translates. The unplug waits until its
 * file is closed (drivers/vfio/vfio_main.c, vfio_unregister_group_dev).
 */
@ExtendWith(NeedsHost.class)
class UnplugOnKernelTest {

  private static final Path PCI = Path.of("/sys/bus/pci");
  private static final String SPARE = new HostCast(HostPaths.system()).spare().orElse("");
  private static final Duration HOLDS = Duration.ofSeconds(2);
  private static final Duration LETS_GO = Duration.ofSeconds(30);

  private final List<String> before = OpenDescriptors.ofHosts();
  private final IommufdHost host = new IommufdHost();
  private GuestRam ram;
  private KernelRig rig;
  private Thread unplugging = new Thread();

  @BeforeEach
  void begin() {
    assumeTrue(!SPARE.isEmpty(), "no spare device that does DMA on command");
    assumeTrue(Files.isWritable(PCI.resolve("rescan")), "devices cannot be unplugged by this user");
    ram = new GuestRam();
    rig = KernelRig.alone(host, ram);
    rig.attach(SPARE).enable().installs(SPARE, KernelRig.FIRST);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(SPARE)).isEqualTo(Way.FIRST);
  }

  @AfterEach
  void plugsInAgain() throws Exception {
    if (rig != null) {
      int left = rig.dismantle();
      ram.close();
      assertThat(unplugging.join(LETS_GO)).isTrue();
      write(PCI.resolve("rescan"), "1");
      giveToVfio();
      assertThat(left).isZero();
      assertThat(OpenDescriptors.ofHosts()).isEqualTo(before);
    }
  }

  private static void giveToVfio() {
    Path device = PCI.resolve("devices").resolve(SPARE);
    if (!Files.exists(device.resolve("driver"))) {
      write(device.resolve("driver_override"), "vfio-pci");
      write(PCI.resolve("drivers/vfio-pci/bind"), SPARE);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void unplug() {
    unplugging =
        Thread.ofPlatform()
            .start(() -> write(PCI.resolve("devices").resolve(SPARE).resolve("remove"), "1"));
  }

  @Test
  void it_goes_on_translating_until_it_is_detached_and_then_is_removed() throws Exception {
    unplug();
    assertThat(unplugging.join(HOLDS)).isFalse();
    assertThat(rig.way(SPARE)).isEqualTo(Way.FIRST);
    rig.installs(SPARE, KernelRig.SECOND);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(SPARE)).isEqualTo(Way.SECOND);

    rig.detach(SPARE);

    assertThat(rig.failures()).isEmpty();
    assertThat(unplugging.join(LETS_GO)).isTrue();
    assertThat(Files.exists(PCI.resolve("devices").resolve(SPARE))).isFalse();
  }

  @Test
  void while_it_is_being_removed_no_other_iommufd_can_bind_it_and_the_reason_is_reported()
      throws Exception {
    unplug();
    assertThat(unplugging.join(HOLDS)).isFalse();

    try (KernelOwner other = new KernelOwner()) {
      Errno errno = other.bind(SPARE).orElseThrow();
      HostProblem problem = host.diagnosis().refusedBind(SPARE, errno);

      assertThat(errno).isEqualTo(Errno.ENOENT);
      assertThat(problem.kind()).isEqualTo(HostProblem.Kind.NO_DRIVER);
    }
  }

  @Test
  void when_it_was_removed_a_bind_is_refused_with_a_remedy() throws Exception {
    unplug();
    rig.detach(SPARE);
    assertThat(unplugging.join(LETS_GO)).isTrue();

    rig.attach(SPARE);

    assertThat(rig.failures())
        .extracting(failed -> failed.errno())
        .containsExactly(Errno.ENOENT.number());
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.FAILED);
    HostProblem problem = host.diagnosis().refusedBind(SPARE, Errno.ENOENT);
    assertThat(problem.kind()).isEqualTo(HostProblem.Kind.NO_SUCH_DEVICE);
    assertThat(problem.what().message()).contains("lspci -D");
    assertThat(host.describe().device(SPARE)).isEmpty();
    rig.detach(SPARE);
  }

  @Test
  void plugged_in_again_it_translates_again() throws Exception {
    unplug();
    rig.detach(SPARE);
    assertThat(unplugging.join(LETS_GO)).isTrue();
    write(PCI.resolve("rescan"), "1");
    giveToVfio();

    rig.attach(SPARE);

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(SPARE)).isEqualTo(Way.FIRST);
    rig.agrees();
  }

  @Test
  void ending_the_vsmmu_lets_it_go_too() throws Exception {
    unplug();
    assertThat(unplugging.join(HOLDS)).isFalse();

    assertThat(rig.dismantle()).isZero();

    assertThat(unplugging.join(LETS_GO)).isTrue();
  }
}
