package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.RamSource;
import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.NeedsHost;
import io.vsmmu.host.kernel.OpenDescriptors;
import io.vsmmu.host.kernel.VmmOnKernel;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** DMA of a device that a VMM owns and a vSMMU translates, on the running kernel. */
@ExtendWith(NeedsHost.class)
class VmmOwnedOnKernelTest {

  private static final HostPaths PATHS = HostPaths.system();
  private static final String DEVICE = new HostCast(PATHS).device().orElse("");

  private final List<String> before = OpenDescriptors.ofHosts();
  private final GuestRam ram = new GuestRam();
  private final IommufdHost host = new IommufdHost();
  private final VmmOnKernel vmm = new VmmOnKernel(host);
  private final WatchedHost watched = new WatchedHost(host);
  private VmSpace space = new VmSpace(watched, "vm-1");
  private KernelRig rig;
  private SharedIommufd copies;

  @BeforeEach
  void begin() {
    assumeTrue(EduDevice.is(PATHS, DEVICE), DEVICE + " is no device that does DMA on command");
    rig = new KernelRig(watched, space, ram);
    plug();
  }

  private void plug() {
    vmm.bind(DEVICE);
    vmm.map(GuestRam.BASE, GuestRam.SIZE, (RamSource.MemfdRange) ram.source().getFirst());
    vmm.attach(DEVICE, vmm.ioas());
    useVmmIommufd();
  }

  private void useVmmIommufd() {
    closeCopies();
    copies = vmm.share(List.of(DEVICE));
    assertThat(space.useVmmIommufd(new VmmContext(copies, IommufdHandover.NOTHING), false))
        .isTrue();
  }

  private void closeCopies() {
    if (copies != null) {
      copies.close();
    }
  }

  @AfterEach
  void leavesNothing() {
    if (rig != null) {
      rig.close();
    }
    space.releaseVmmIommufd();
    closeCopies();
    vmm.close();
    ram.close();
    assertThat(OpenDescriptors.ofHosts()).isEqualTo(before);
  }

  private Way way() {
    return ram.way(new EduDevice(vmm.device(DEVICE)));
  }

  @Test
  void dma_goes_by_the_guests_tables_and_by_the_vmms_page_table_again_afterwards() {
    assertThat(way()).isEqualTo(Way.BYPASS);

    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    assertThat(rig.failures()).isEmpty();
    assertThat(way()).isEqualTo(Way.FIRST);
    rig.installs(DEVICE, KernelRig.SECOND);
    assertThat(way()).isEqualTo(Way.SECOND);

    rig.detach(DEVICE);
    assertThat(rig.failures()).isEmpty();
    assertThat(way()).isEqualTo(Way.BYPASS);
  }

  @Test
  void a_device_that_is_unplugged_and_plugged_in_again_comes_back() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    vmm.unplug(DEVICE);
    rig.detach(DEVICE);
    assertThat(rig.failures()).isEmpty();

    vmm.bind(DEVICE);
    vmm.attach(DEVICE, vmm.ioas());
    useVmmIommufd();
    rig.attach(DEVICE);

    assertThat(rig.failures()).isEmpty();
    assertThat(way()).isEqualTo(Way.FIRST);
  }

  @Test
  void dma_goes_on_while_the_service_is_away_and_when_it_is_back() {
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    int devId = copies.devices().get(DEVICE);
    copies.close();
    assertThat(way()).isEqualTo(Way.FIRST);

    space = new VmSpace(watched, "vm-1");
    copies = vmm.share(List.of(DEVICE));
    VmmContext again = new VmmContext(copies, IommufdHandover.NOTHING);
    assertThat(again.bindAgain(DEVICE, devId).isOk()).isTrue();
    assertThat(space.useVmmIommufd(again, true)).isTrue();
    rig.diesAndComesBack(space, Optional.empty());
    space.sweep();

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.operations())
        .extracting(operation -> operation.kind())
        .startsWith(Kind.ADOPT_DEVICE)
        .doesNotContain(Kind.BIND_DEVICE, Kind.ALLOC_HWPT, Kind.ALLOC_VIOMMU, Kind.DETACH);
    assertThat(way()).isEqualTo(Way.FIRST);
    rig.installs(DEVICE, KernelRig.SECOND);
    assertThat(way()).isEqualTo(Way.SECOND);
    rig.detach(DEVICE);
    assertThat(rig.failures()).isEmpty();
    assertThat(way()).isEqualTo(Way.BYPASS);
  }
}
