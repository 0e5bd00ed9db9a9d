package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.testing.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
@Timeout(60)
class HardwareQueueServiceTest {

  private static final String NAME = "grace";
  private static final long RAM = 0x4000_0000L;
  private static final int BYTES = 0x1_0000;

  private static RegisteredVsmmu willing(Service service) {
    RegisteredVsmmu vsmmu =
        service.administration.create(
            NAME,
            Vms.OWN,
            VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
            Durability.COMMITTED,
            "operator");
    service.administration.control(
        NAME, new Stimulus.MapMemory(RAM, 1 << 30, true, true, MemorySharing.DESCRIPTOR), "test");
    service.administration.attach(NAME, "0000:01:00.0", 0x100, OnOffAuto.AUTO, "operator");
    return vsmmu;
  }

  private static Stimulus.AllocateHardwareQueue queue(int index) {
    return new Stimulus.AllocateHardwareQueue(index, RAM + (long) index * BYTES, BYTES);
  }

  @Test
  void a_replay_allocates_the_queues_again() throws Exception {
    SimulatedHost host =
        new SimulatedHost(
            TopologyBuilder.standard()
                .changeSmmu(TopologyBuilder.SMMU0, smmu -> smmu.withHardwareQueues(2))
                .build());
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = willing(service);
      HardwareQueueAdministration queues = new HardwareQueueAdministration(service.administration);
      queues.allocate(NAME, queue(0), "operator");
      queues.allocate(NAME, queue(1), "operator");
      queues.free(NAME, 1, "operator");
      assertThat(service.state(vsmmu).hardwareQueues()).hasSize(1);

      try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
        service.events(vsmmu).forEach(replay::accept);
        ReplayReport report = replay.finish();

        assertThat(report.divergences()).isEmpty();
      }
    }
  }

  @Test
  void a_host_without_cmdqv_is_told_with_its_errno_and_the_remedy() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      RegisteredVsmmu vsmmu = willing(service);
      HardwareQueueAdministration queues = new HardwareQueueAdministration(service.administration);

      assertThatThrownBy(() -> queues.allocate(NAME, queue(0), "operator"))
          .isInstanceOfSatisfying(
              RequestRefusedException.class,
              refused -> {
                assertThat(refused.kind()).isEqualTo(RequestRefusedException.Kind.HOST_REFUSED);
                assertThat(refused.getMessage()).contains("EOPNOTSUPP", "95", "CMDQV");
              });

      assertThat(service.state(vsmmu).hardwareQueues()).isEmpty();
      assertThat(service.events(vsmmu).getLast()).isInstanceOf(HardwareQueueClosed.class);
    }
  }
}
