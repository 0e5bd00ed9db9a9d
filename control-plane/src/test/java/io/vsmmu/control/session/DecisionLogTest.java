package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.log.DomainPayloads;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.wire.SnapshotCodec;
import io.vsmmu.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the decisions of a service are in its log, for every client and at every rate. */
@Tag("slow")
@Timeout(60)
class DecisionLogTest {

  private static final int SID = 0x100;
  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";

  /** Doorbells of each vSMMU in a storm, and how many of them wait for the log at the same time. */
  private static final int DOORBELLS = 1024;

  private static final int AT_ONCE = 16;

  @Test
  void an_aggregate_starts_from_a_snapshot_and_ignores_one_of_another_version() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      VsmmuState state = service.state(vsmmu);
      service
          .database
          .snapshots()
          .store(
              vsmmu.id(),
              new StoredSnapshot(
                  state.events() - 1, SnapshotCodec.TYPE, new DomainPayloads().encode(state)));
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.boots(vsmmu, SID);
      byte[] foreign = new DomainPayloads().encode(service.state(vsmmu));
      foreign[0] = 99;
      foreign[1] = 99;
      service
          .database
          .snapshots()
          .store(
              vsmmu.id(),
              new StoredSnapshot(service.state(vsmmu).events() - 1, SnapshotCodec.TYPE, foreign));
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.rings(vsmmu, SID, Service.doorbell());
      service.live.close();

      assertThat(Service.fold(service.events(vsmmu)).commandQueue().fetched()).isEqualTo(66);
      assertThat(service.verdict(vsmmu)).startsWith("Intact");
    }
  }

  @Test
  void a_storm_on_two_vsmmus_leaves_no_hole_in_either_log() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      RegisteredVsmmu first = service.create("one");
      RegisteredVsmmu second =
          service.administration.create(
              "two", Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.JOURNALED, "operator");
      service.administration.attach("one", A, SID, OnOffAuto.AUTO, "operator");
      service.administration.attach("two", B, SID, OnOffAuto.AUTO, "operator");
      service.boots(first, SID);
      service.boots(second, SID);
      Future<?> one = threads.submit(() -> storm(service, first));
      Future<?> two = threads.submit(() -> storm(service, second));
      one.get();
      two.get();
      service.live.close();

      for (RegisteredVsmmu vsmmu : List.of(first, second)) {
        VsmmuState state = Service.fold(service.events(vsmmu));
        assertThat(state.commands().total()).isEqualTo(2 + 64L * DOORBELLS);
        assertThat(state.commandQueue().awaitsHost()).isFalse();
        assertThat(state.health()).isEqualTo(Health.OK);
        assertThat(service.verdict(vsmmu)).startsWith("Intact");
      }
    }
  }

  private static void storm(Service service, RegisteredVsmmu vsmmu) {
    var session = service.live.of(vsmmu).function().session();
    long pointer = service.state(vsmmu).commandQueue().fetched();
    List<CompletableFuture<?>> underWay = new ArrayList<>();
    for (int i = 0; i < DOORBELLS; i++) {
      var slice = Service.slice(pointer, SID, Service.doorbell());
      pointer = slice.prod();
      underWay.add(session.post(slice));
      if (underWay.size() == AT_ONCE) {
        underWay.forEach(CompletableFuture::join);
        underWay.clear();
      }
    }
  }
}
