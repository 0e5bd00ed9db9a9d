package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Command queues that the physical SMMU reads directly, on a host that has them and on one that has
 * not.
 */
class HardwareQueueApplyTest {

  private static final String A = "0000:01:00.0";
  private static final long RAM = 0x4000_0000L;
  private static final int QUEUES = 2;
  private static final int BYTES = 0x1000;

  private static SimulatedHost tegra() {
    return new SimulatedHost(
        TopologyBuilder.standard()
            .changeSmmu(TopologyBuilder.SMMU0, smmu -> smmu.withHardwareQueues(QUEUES))
            .build());
  }

  private static Rig rig(SimulatedHost host, HardwareQueues choice) {
    return new Rig(host, VsmmuProperties.ALL_AUTO.with(choice))
        .meets(new Stimulus.MapMemory(RAM, 1 << 30, true, true, MemorySharing.DESCRIPTOR));
  }

  private static Rig willing(SimulatedHost host) {
    return rig(host, HardwareQueues.ACCEPT_BLIND).attach(A);
  }

  private static Stimulus queue(int index) {
    return new Stimulus.AllocateHardwareQueue(index, RAM + (long) index * BYTES, BYTES);
  }

  private static Object viommuType(SimulatedHost host) {
    return host.issuedCalls().stream()
        .filter(call -> call.operation() == IommuCall.ALLOC_VIOMMU)
        .findFirst()
        .orElseThrow()
        .arguments()
        .getLast();
  }

  @Test
  void queues_are_allocated_on_a_vintf_and_freed_before_what_they_need() {
    SimulatedHost host = tegra();
    Rig rig = willing(host).meets(queue(0)).meets(queue(1));
    assertThat(viommuType(host)).isEqualTo(IommuContext.VIOMMU_TYPE_TEGRA241_CMDQV);
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().hardwareQueues()).hasSize(2).allMatch(queue -> queue.kernelId() != 0);
    long from = host.callCount();

    rig.detach(A);

    assertThat(rig.calls(from))
        .startsWith("destroy", "destroy", "detach")
        .doesNotContain("alloc_hw_queue");
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().hardwareQueues()).isEmpty();
    rig.agrees();
  }

  @Test
  void a_vsmmu_whose_operator_did_not_accept_gets_an_ordinary_viommu() {
    SimulatedHost host = tegra();

    rig(host, HardwareQueues.OFF).attach(A);

    assertThat(viommuType(host)).isEqualTo(IommuContext.VIOMMU_TYPE_ARM_SMMUV3);
    assertThat(host.issuedCalls()).noneMatch(call -> call.operation() == IommuCall.HARDWARE_QUEUES);
  }

  @Test
  void a_host_without_cmdqv_refuses_the_queue_and_keeps_the_rest() {
    SimulatedHost host = SimulatedHost.standard();
    Rig rig = willing(host).enable().installs(A, Entries.TRANSLATE);
    assertThat(viommuType(host)).isEqualTo(IommuContext.VIOMMU_TYPE_ARM_SMMUV3);

    rig.meets(queue(0));

    assertThat(rig.failures())
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.kind()).isEqualTo(Kind.ALLOC_HW_QUEUE);
              assertThat(refused.errno()).isEqualTo(Errno.EOPNOTSUPP.number());
            });
    assertThat(rig.state().hardwareQueues()).isEmpty();
    assertThat(rig.stream(A).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
    assertThat(rig.state().health()).isEqualTo(Health.OK);
    rig.agrees().leaksNothing();
  }

  @Test
  void an_index_that_the_host_has_not_is_refused() {
    Rig rig = willing(tegra()).meets(queue(0)).meets(queue(1)).meets(queue(2));

    assertThat(rig.failures())
        .singleElement()
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL.number()));
    assertThat(rig.state().hardwareQueues()).hasSize(QUEUES);
  }

  @Test
  void a_restart_allocates_what_the_log_says_and_closes_what_the_host_refuses_now() {
    SimulatedHost host = tegra();
    Rig rig = willing(host).meets(queue(0)).meets(queue(1)).restarts(Optional.empty());
    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().hardwareQueues()).hasSize(2).allMatch(queue -> queue.kernelId() != 0);

    host.faults(FaultPlan.nthCallOf(IommuCall.ALLOC_HW_QUEUE, 1, Errno.ENOMEM));
    rig.restarts(Optional.empty());

    // Without the first one the second is refused too.
    assertThat(rig.failures()).hasSize(2);
    assertThat(rig.state().hardwareQueues()).isEmpty();
  }

  @Test
  void a_reset_and_an_operator_free_queues() {
    SimulatedHost host = tegra();
    Rig rig = willing(host).meets(queue(0)).meets(queue(1));
    long from = host.callCount();

    rig.meets(new Stimulus.FreeHardwareQueue(1));
    assertThat(rig.calls(from)).containsExactly("destroy");
    rig.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.state().hardwareQueues()).isEmpty();
    rig.agrees();
    rig.close();
    assertThat(host.objects().viommus()).isZero();
  }
}
