package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.KeptCopies;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A restart of the service on the running kernel while a store keeps its descriptors open. */
class AdoptionOnKernelTest extends KernelRigTest {

  private static final String VM = "vm-1";
  private static final String KEPT_DEVICE = "device/" + VM + "/";

  private final KeptCopies store = new KeptCopies();
  private VmSpace space;

  @BeforeEach
  void begin() {
    needsDevice();
    WatchedHost host = process();
    space = new VmSpace(host, VM);
    rig = new KernelRig(host, space, ram).shares(space);
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    assertThat(rig.failures()).isEmpty();
  }

  @Override
  void closeKept() {
    store.close();
  }

  /** The service's process, with the descriptors that were kept from the process before it. */
  private WatchedHost process() {
    return new WatchedHost(new IommufdHost(PATHS, KernelCalls.system(), store));
  }

  /** Ends the process as a SIGKILL does, without any request to the kernel. */
  private void dies() {
    rig.context().descriptors().all().forEach(Fd::close);
  }

  private void comesBack() {
    WatchedHost host = process();
    space = new VmSpace(host, VM);
    rig.on(host).diesAndComesBack(space, Optional.empty());
    space.sweep();
  }

  private Map<Long, Integer> ids() {
    return rig.state().objects().values().stream()
        .collect(Collectors.toMap(HostObject::handle, HostObject::kernelId));
  }

  @Test
  void dma_goes_on_while_the_service_is_away_and_comes_back() throws Exception {
    try (DmaAllTheTime dma = new DmaAllTheTime(store.copyOf(KEPT_DEVICE), ram)) {
      dma.awaitCopies(1);
      dies();
      dma.awaitCopies(2);
      comesBack();
      dma.awaitCopies(2);

      assertThat(dma.failed()).isZero();
    }
    assertThat(rig.failures()).isEmpty();
    rig.agrees();
  }

  @Test
  void objects_keep_their_ids_and_nothing_is_made_anew() {
    Map<Long, Integer> ids = ids();
    dies();

    comesBack();

    assertThat(ids()).isEqualTo(ids);
    assertThat(rig.operations())
        .extracting(operation -> operation.kind())
        .startsWith(Kind.ADOPT_DEVICE)
        .doesNotContain(Kind.BIND_DEVICE, Kind.ALLOC_HWPT, Kind.ALLOC_VIOMMU, Kind.DETACH);
    assertThat(rig.state().health()).isEqualTo(Health.OK);
    rig.agrees();
  }

  @Test
  void what_the_log_does_not_know_is_swept() {
    int viommu = ids().get(rig.state().hostHandles().viommu());
    int device = rig.context().devices().get(DEVICE);
    int hwpt = rig.context().allocNestedHwpt(device, viommu, 0, 0x9, 0).value();
    int ioas = rig.context().allocIoas().value();
    rig.places(DEVICE, KernelRig.SECOND)
        .losesOutcomeOf(List.of(Entries.cfgiSte(Rig.sid(DEVICE)), Entries.sync()));
    dies();

    comesBack();

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.destroy(hwpt)).isEqualTo(Errno.ENOENT);
    assertThat(rig.destroy(ioas)).isEqualTo(Errno.ENOENT);
    assertThat(rig.way(DEVICE)).isEqualTo(Way.SECOND);
    rig.agrees();
  }

  @Test
  void the_guest_goes_on_as_if_nothing_had_happened() {
    dies();
    comesBack();

    rig.runs(Entries.tlbiVa(0x1000), Entries.sync()).installs(DEVICE, KernelRig.SECOND);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.way(DEVICE)).isEqualTo(Way.SECOND);
    rig.detach(DEVICE);
    assertThat(rig.failures()).isEmpty();
    rig.attach(DEVICE);
    assertThat(rig.failures()).isEmpty();
    rig.agrees();
  }

  @Test
  void an_orderly_end_keeps_the_device_translating() {
    List<Fd> own = rig.context().descriptors().all().toList();
    rig.abandons();
    own.forEach(Fd::close);

    try (VfioDevice kept = VfioDevice.over(KernelCalls.system(), store.copyOf(KEPT_DEVICE))) {
      assertThat(ram.way(new EduDevice(kept))).isEqualTo(Way.FIRST);
    }

    comesBack();
    rig.agrees();
  }

  @Test
  void a_device_whose_file_was_lost_is_bound_anew() {
    dies();
    store.lose(KEPT_DEVICE);

    comesBack();

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.operations()).extracting(op -> op.kind()).contains(Kind.BIND_DEVICE);
    assertThat(rig.way(DEVICE)).isEqualTo(Way.FIRST);
    rig.agrees();
  }

  @Test
  void ram_that_the_vmm_shares_again_is_reached_again() {
    dies();
    comesBack();

    rig.shares(space);

    assertThat(rig.way(DEVICE)).isEqualTo(Way.FIRST);
    rig.agrees();
  }
}
