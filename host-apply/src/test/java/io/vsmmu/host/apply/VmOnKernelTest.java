package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.host.kernel.EduDevice;
import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.HostCast;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.NeedsHost;
import io.vsmmu.host.kernel.OpenDescriptors;
import io.vsmmu.smmu.model.HostObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two vSMMUs of one VM on the running kernel. */
@ExtendWith(NeedsHost.class)
class VmOnKernelTest {

  private static final HostPaths PATHS = HostPaths.system();
  private static final HostCast CAST = new HostCast(PATHS);

  /** Where the second vSMMU's device is. */
  private enum Other {
    BEHIND_THE_SAME_SMMU(HostCast::neighbour),
    BEHIND_ANOTHER_SMMU(HostCast::foreigner);

    private final Function<HostCast, Optional<String>> device;

    Other(Function<HostCast, Optional<String>> device) {
      this.device = device;
    }
  }

  private final List<String> before = OpenDescriptors.ofHosts();
  private final WatchedHost host = new WatchedHost(new IommufdHost());
  private final VmSpace space = new VmSpace(host);
  private final GuestRam ram = new GuestRam();
  private final KernelRig first = new KernelRig(host, space, ram);
  private final KernelRig second = new KernelRig(host, space, ram);
  private final String a = CAST.device().orElse("");
  private String b = "";

  @AfterEach
  void leavesNothing() {
    second.close();
    assertThat(first.dismantle()).isZero();
    ram.close();
    assertThat(OpenDescriptors.ofHosts()).isEqualTo(before);
  }

  /** Both translate, each by a stage 1 of its own, in RAM that both share. */
  private void begin(Other other) {
    b = other.device.apply(CAST).orElse("");
    assumeTrue(
        EduDevice.is(PATHS, a) && EduDevice.is(PATHS, b), "no two devices that do DMA on command");
    first.shares(space).attach(a).enable().installs(a, KernelRig.FIRST);
    second.shares(space).attach(b).enable().installs(b, KernelRig.SECOND);
    assertThat(first.failures()).isEmpty();
    assertThat(second.failures()).isEmpty();
  }

  private static int id(KernelRig rig, HostObject.Kind kind) {
    return rig.state().objects().values().stream()
        .filter(object -> object.kind() == kind)
        .map(HostObject::kernelId)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void devices_of_both_reach_one_ram(Other other) {
    begin(other);

    assertThat(ram.copies(first.edu(a), Way.FIRST, 0, 1)).isTrue();
    assertThat(ram.copies(second.edu(b), Way.SECOND, 0, 1)).isTrue();
    assertThat(ram.way(first.edu(a))).isEqualTo(Way.FIRST);
    assertThat(ram.way(second.edu(b))).isEqualTo(Way.SECOND);
    first.agrees();
    second.agrees();
  }

  @ParameterizedTest
  @EnumSource
  void they_share_the_address_space_and_behind_one_smmu_its_stage_2(Other other) {
    begin(other);

    assertThat(id(first, HostObject.Kind.IOAS)).isEqualTo(id(second, HostObject.Kind.IOAS));
    assertThat(
            id(first, HostObject.Kind.NESTING_PARENT) == id(second, HostObject.Kind.NESTING_PARENT))
        .isEqualTo(other == Other.BEHIND_THE_SAME_SMMU);
    assertThat(id(first, HostObject.Kind.VIOMMU)).isNotEqualTo(id(second, HostObject.Kind.VIOMMU));
  }

  @ParameterizedTest
  @EnumSource
  void one_leaves_and_the_other_goes_on_translating(Other other) {
    begin(other);

    first.close();

    assertThat(second.way(b)).isEqualTo(Way.SECOND);
    second.agrees();
    try (KernelOwner owner = new KernelOwner()) {
      assertThat(owner.bind(a)).isEmpty();
    }
    second.installs(b, KernelRig.FIRST);
    assertThat(second.way(b)).isEqualTo(Way.FIRST);
  }

  @ParameterizedTest
  @EnumSource
  void one_is_rebuilt_beside_the_other(Other other) {
    begin(other);

    first.restarts(Optional.empty());

    assertThat(first.failures()).isEmpty();
    assertThat(first.way(a)).isEqualTo(Way.FIRST);
    assertThat(second.way(b)).isEqualTo(Way.SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void ram_is_reached_until_both_took_it_back(Other other) {
    begin(other);

    assertThat(space.unshare(first, GuestRam.BASE)).isEmpty();
    assertThat(first.way(a)).isEqualTo(Way.FIRST);
    assertThat(second.way(b)).isEqualTo(Way.SECOND);

    assertThat(space.unshare(second, GuestRam.BASE)).isEmpty();
    assertThat(first.way(a)).isEqualTo(Way.NONE);
    assertThat(second.way(b)).isEqualTo(Way.NONE);
  }

  /**
   * Shows why a VM has one vSMMU behind a physical SMMU: the VMID belongs to the stage 2, which
   * both would share.
   */
  @ParameterizedTest
  @EnumSource
  void equal_asids_of_two_vsmmus_are_one_to_a_physical_smmu(Other other) {
    ram.secondStage1(GuestRam.FIRST_ASID);
    begin(other);

    assertThat(first.way(a)).isEqualTo(Way.FIRST);

    assertThat(second.way(b))
        .isEqualTo(other == Other.BEHIND_THE_SAME_SMMU ? Way.FIRST : Way.SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void what_one_guest_does_to_its_streams_leaves_the_others_alone(Other other) {
    begin(other);

    first.installs(a, Entries.ABORT);

    assertThat(first.way(a)).isEqualTo(Way.NONE);
    assertThat(second.way(b)).isEqualTo(Way.SECOND);
  }
}
