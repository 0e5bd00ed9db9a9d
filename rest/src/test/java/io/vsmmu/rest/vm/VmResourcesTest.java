package io.vsmmu.rest.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vm;
import io.vsmmu.rest.vm.VmResource.Ram;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a VM's vSMMUs share, out of their states. */
class VmResourcesTest {

  private static final long RAM = 0x4000_0000L;
  private static final long MIB = 1L << 20;

  /** A vSMMU whose VMM shares a piece of memory. */
  private static Member member(String name, long address, long size) {
    VsmmuState state = VsmmuState.ABSENT;
    for (Stimulus stimulus :
        List.of(
            new Stimulus.Create(
                Origin.LIVE,
                Durability.COMMITTED,
                VsmmuProperties.ALL_AUTO,
                IdRegisters.DEFAULT,
                "vm"),
            new Stimulus.ConnectVmm(1, 0),
            new Stimulus.MapMemory(address, size, true, true, MemorySharing.DESCRIPTOR))) {
      state = ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
    }
    return new Member(name, state, Set.of());
  }

  private static VmResource resource(Member... members) {
    return VmResources.of(new Vm(1, "vm", Machine.DEFAULT, 1, Instant.EPOCH), List.of(members));
  }

  @Test
  void ram_that_several_vmms_share_is_one_piece_with_their_names() {
    assertThat(resource(member("a", RAM, MIB), member("b", RAM, MIB)).ram())
        .containsExactly(new Ram("0x40000000", "0x100000", true, List.of("a", "b")));
  }

  @Test
  void ram_that_differs_is_told_for_each() {
    assertThat(resource(member("a", RAM, MIB), member("b", RAM, 2 * MIB)).ram())
        .extracting(Ram::sharedBy)
        .containsExactly(List.of("a"), List.of("b"));
  }

  @Test
  void without_devices_nothing_is_shared_on_the_host() {
    VmResource vm = resource(member("a", RAM, MIB), member("b", RAM, MIB));

    assertThat(vm.addressSpaceShared()).isFalse();
    assertThat(vm.physicalSmmus()).isEmpty();
    assertThat(vm.vsmmus().getFirst().physicalSmmu()).isNull();
  }
}
