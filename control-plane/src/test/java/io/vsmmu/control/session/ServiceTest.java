package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.log.DomainPayloads;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.Granule;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.wire.EventCodec;
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

@Tag("slow")
@Timeout(60)
class ServiceTest {

  private static final int SID = 0x100;

  /** The call of an attach that asks what the SMMU is; nothing depends on the answer. */
  private static final int HARDWARE_INFO = 5;

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final String ELSEWHERE = "0000:81:00.0";

  private static RegisteredVsmmu create(Service service, String name) {
    return service.administration.create(
        name, Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }

  private static List<VsmmuEvent> events(Service service, RegisteredVsmmu vsmmu) {
    List<VsmmuEvent> events = new ArrayList<>();
    List<StoredEvent> stored = new ArrayList<>();
    service.database.log().read(vsmmu.id(), 0, Long.MAX_VALUE, stored::add);
    for (int i = 0; i < stored.size(); i++) {
      assertThat(stored.get(i).sequence()).isEqualTo(i);
      events.add(EventCodec.decode(stored.get(i).type(), stored.get(i).payload()));
    }
    return events;
  }

  private static VsmmuState fold(List<VsmmuEvent> events) {
    var fold = new io.vsmmu.smmu.model.Vsmmu.Fold();
    events.forEach(fold::accept);
    return fold.state();
  }

  private static String verdict(Service service, RegisteredVsmmu vsmmu) {
    return service.database.verifier().verify(vsmmu.id()).toString();
  }

  @Test
  void a_booted_guest_survives_a_restart_of_everything() throws Exception {
    String url = TestPostgres.newDatabase();
    SimulatedHost before = SimulatedHost.standard();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, before)) {
      vsmmu = create(service, "v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.boots(vsmmu, SID);
      for (int i = 0; i < 20; i++) {
        service.rings(vsmmu, SID, Service.doorbell());
      }
      assertThat(before.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.TRANSLATE);
    }
    SimulatedHost after = SimulatedHost.standard();
    try (Service service = new Service(url, after)) {
      service.sockets.start();

      assertThat(after.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.TRANSLATE);
      service.rings(vsmmu, SID, Service.doorbell());
      VsmmuState last =
          service
              .administration
              .control("v", new io.vsmmu.smmu.stimulus.Stimulus.Pause(), "operator")
              .decided()
              .after();
      assertThat(fold(events(service, vsmmu))).isEqualTo(last);
      assertThat(last.commandQueue().fetched()).isEqualTo(2 + 21 * 64);
      assertThat(last.health()).isEqualTo(Health.OK);
      assertThat(verdict(service, vsmmu)).startsWith("Intact");
    }
  }

  @Test
  void a_slice_without_an_outcome_is_issued_again_after_a_crash() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = create(service, "v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.boots(vsmmu, SID);
      service.live.close();
      // Decided and durable, never applied: the process dies here.
      service.decisionLog.submit(
          vsmmu.aggregateId().toString(),
          List.of(
              Service.slice(
                  service.state(vsmmu).commandQueue().fetched(), SID, Service.doorbell())),
          "");
      assertThat(service.state(vsmmu).commandQueue().awaitsHost()).isTrue();
    }
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(url, host)) {
      service.sockets.start();

      assertThat(service.state(vsmmu).commandQueue().awaitsHost()).isFalse();
      assertThat(host.journal()).anyMatch(call -> call.text().startsWith("invalidate"));
      service.rings(vsmmu, SID, Service.doorbell());
      assertThat(service.state(vsmmu).commandQueue().fetched()).isEqualTo(2 + 2 * 64);
      assertThat(replayed(service, vsmmu).divergences()).isEmpty();
    }
  }

  @Test
  void a_log_with_a_restart_in_it_replays_without_divergence() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = create(service, "v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.boots(vsmmu, SID);
      service.rings(vsmmu, SID, Service.doorbell());
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();
      service.rings(vsmmu, SID, Service.doorbell());
      service.administration.control("v", new io.vsmmu.smmu.stimulus.Stimulus.Pause(), "operator");

      ReplayReport report = replayed(service, vsmmu);

      assertThat(report.divergences()).isEmpty();
      assertThat(report.hostOperations()).isPositive();
    }
  }

  private static ReplayReport replayed(Service service, RegisteredVsmmu vsmmu) {
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      events(service, vsmmu).forEach(replay::accept);
      return replay.finish();
    }
  }

  @Test
  void a_submission_is_found_in_the_log_by_who_did_not_hear_of_it() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      RegisteredVsmmu vsmmu = create(service, "v");
      VsmmuState known = service.state(vsmmu);
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");

      var missed = service.decisionLog.since(vsmmu.aggregateId().toString(), known);

      assertThat(missed).hasSize(2);
      assertThat(missed.getFirst().sequence()).isEqualTo(1);
      assertThat(missed.getLast().events().getFirst()).isInstanceOf(HostOutcomeReported.class);
      assertThat(missed.getLast().after()).isEqualTo(service.state(vsmmu));
      assertThat(
              service.decisionLog.since(vsmmu.aggregateId().toString(), missed.getLast().after()))
          .isEmpty();
    }
  }

  @Test
  void an_aggregate_starts_from_a_snapshot_and_ignores_one_of_another_version() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = create(service, "v");
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

      assertThat(fold(events(service, vsmmu)).commandQueue().fetched()).isEqualTo(66);
      assertThat(verdict(service, vsmmu)).startsWith("Intact");
    }
  }

  @Test
  void a_storm_on_two_vsmmus_leaves_no_hole_in_either_log() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      RegisteredVsmmu first = create(service, "one");
      RegisteredVsmmu second =
          service.administration.create(
              "two", Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.BOUNDED_LOSS, "operator");
      service.administration.attach("one", A, SID, OnOffAuto.AUTO, "operator");
      service.administration.attach("two", B, SID, OnOffAuto.AUTO, "operator");
      service.boots(first, SID);
      service.boots(second, SID);
      Future<Integer> one = threads.submit(() -> storm(service, first));
      Future<Integer> two = threads.submit(() -> storm(service, second));
      List<Integer> rung = List.of(one.get(), two.get());
      service.live.close();

      for (RegisteredVsmmu vsmmu : List.of(first, second)) {
        VsmmuState state = fold(events(service, vsmmu));
        int doorbells = rung.get(vsmmu == first ? 0 : 1);
        assertThat(state.commands().total()).isEqualTo(2 + 64L * doorbells);
        assertThat(state.commandQueue().awaitsHost()).isFalse();
        assertThat(state.health()).isEqualTo(Health.OK);
        assertThat(verdict(service, vsmmu)).startsWith("Intact");
      }
    }
  }

  private static int storm(Service service, RegisteredVsmmu vsmmu) {
    var session = service.live.of(vsmmu).function().session();
    long end = System.nanoTime() + 5_000_000_000L;
    long pointer = service.state(vsmmu).commandQueue().fetched();
    int doorbells = 0;
    List<CompletableFuture<?>> underWay = new ArrayList<>();
    while (System.nanoTime() < end) {
      var slice = Service.slice(pointer, SID, Service.doorbell());
      pointer = slice.prod();
      underWay.add(session.post(slice));
      doorbells++;
      if (underWay.size() == 16) {
        underWay.forEach(CompletableFuture::join);
        underWay.clear();
      }
    }
    underWay.forEach(CompletableFuture::join);
    return doorbells;
  }

  private static RequestRefusedException refused(Runnable request) {
    try {
      request.run();
    } catch (RequestRefusedException refusal) {
      assertThat(refusal.problems())
          .isNotEmpty()
          .allSatisfy(
              reason -> {
                assertThat(reason.field()).isNotBlank();
                assertThat(reason.given()).isNotBlank();
                assertThat(reason.allowed()).isNotBlank();
              });
      return refusal;
    }
    throw new AssertionError("not refused");
  }

  @Test
  void a_refusal_names_field_value_and_what_is_allowed() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      create(service, "v");
      VsmmuAdministration admin = service.administration;
      VsmmuProperties oddOas =
          new VsmmuProperties(
              OnOffAuto.AUTO, OnOffAuto.AUTO, 43, VsmmuProperties.AUTO, OnOffAuto.AUTO);
      VsmmuProperties wide =
          new VsmmuProperties(
              OnOffAuto.AUTO, OnOffAuto.AUTO, VsmmuProperties.AUTO, 21, OnOffAuto.AUTO);

      assertThat(refused(() -> create(service, "v")).problems().getFirst().field())
          .isEqualTo("name");
      assertThat(refused(() -> create(service, "V!")).kind())
          .isEqualTo(RequestRefusedException.Kind.INVALID);
      assertThat(
              refused(() -> admin.create("w", Vms.OWN, oddOas, Durability.COMMITTED, ""))
                  .problems())
          .extracting(Problem::field)
          .containsExactly("oas");
      assertThat(
              refused(() -> admin.create("w", Vms.OWN, wide, Durability.COMMITTED, "")).problems())
          .extracting(Problem::field)
          .containsExactly("ssidsize");
      assertThat(service.database.registry().byName("w")).isEmpty();
      refused(() -> admin.attach("nobody", A, SID, OnOffAuto.AUTO, ""));
      refused(() -> admin.attach("v", "0000:99:00.0", SID, OnOffAuto.AUTO, ""));
    }
  }

  @Test
  void a_refused_attach_leaves_nothing_at_the_host_and_can_be_asked_for_again() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = create(service, "v");
      IdRegisters shown = service.state(vsmmu).ids();
      for (int call = 1; call <= 10; call++) {
        if (call == HARDWARE_INFO) {
          continue;
        }
        host.faults(FaultPlan.parse("call:" + call + ":ENOMEM"));
        refused(() -> service.administration.attach("v", A, SID, OnOffAuto.AUTO, ""));
        assertThat(host.objects()).as("call %d", call).isEqualTo(ObjectCounts.NONE);
        VsmmuState left = service.state(vsmmu);
        assertThat(left.devices()).isEmpty();
        assertThat(left.streams()).isEmpty();
        assertThat(left.objects()).isEmpty();
        assertThat(left.hostHandles()).isEqualTo(HostHandles.NONE);
        assertThat(left.ids()).isEqualTo(shown);
        assertThat(left.health().status()).isEqualTo(Health.Status.OK);
      }
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "");
    }
  }

  @Test
  void a_device_behind_another_physical_smmu_can_come_after_a_refused_first_one() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = create(service, "v");
      host.faults(FaultPlan.parse("call:9:ENOMEM"));
      refused(() -> service.administration.attach("v", A, SID, OnOffAuto.AUTO, ""));

      service.administration.attach("v", ELSEWHERE, 0x8100, OnOffAuto.AUTO, "");

      assertThat(service.state(vsmmu).devices()).containsOnlyKeys(0x8100);
      create(service, "w");
      service.administration.attach("w", A, SID, OnOffAuto.AUTO, "");
    }
  }

  @Test
  void a_refused_first_attach_leaves_the_other_vsmmus_of_the_vm_what_they_have() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      VsmmuAdministration admin = service.administration;
      admin.vms().create("vm", Machine.DEFAULT);
      admin.create("one", "vm", VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "");
      admin.create("two", "vm", VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "");
      admin.attach("one", A, SID, OnOffAuto.AUTO, "");
      ObjectCounts before = host.objects();
      for (int call = 1; call <= 8; call++) {
        if (call == HARDWARE_INFO - 2) {
          // Neither a descriptor nor an address space is asked for.
          continue;
        }
        host.faults(FaultPlan.parse("call:" + call + ":ENOMEM"));
        refused(() -> admin.attach("two", ELSEWHERE, 0x8100, OnOffAuto.AUTO, ""));
        assertThat(host.objects()).as("call %d", call).isEqualTo(before);
      }
      admin.attach("two", ELSEWHERE, 0x8100, OnOffAuto.AUTO, "");
    }
  }

  @Test
  void a_device_behind_another_vsmmu_is_refused_with_its_group_until_it_is_free() throws Exception {
    String url = TestPostgres.newDatabase();
    try (Service service = new Service(url, SimulatedHost.standard())) {
      create(service, "one");
      RegisteredVsmmu two = create(service, "two");
      service.administration.attach("one", A, SID, OnOffAuto.AUTO, "");
      service.administration.attach("one", F0, 0x300, OnOffAuto.AUTO, "");

      assertThat(
              refused(() -> service.administration.attach("two", A, SID, OnOffAuto.AUTO, ""))
                  .getMessage())
          .contains("one has it");
      refused(() -> service.administration.attach("two", F1, 0x301, OnOffAuto.AUTO, ""));
      assertThat(service.state(two).events()).isEqualTo(1);
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();
      refused(() -> service.administration.attach("two", A, SID, OnOffAuto.AUTO, ""));
      service.administration.detach("one", SID, "");
      service.administration.attach("two", A, SID, OnOffAuto.AUTO, "");
      service.administration.delete("two", "");
      service.administration.attach("one", A, SID, OnOffAuto.AUTO, "");
    }
  }

  @Test
  void a_vsmmu_stands_for_one_physical_smmu() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      create(service, "v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "");

      assertThatThrownBy(
              () -> service.administration.attach("v", ELSEWHERE, 0x8100, OnOffAuto.AUTO, ""))
          .hasMessageContaining("one vSMMU per physical SMMU");
    }
  }

  @Test
  void auto_takes_the_hosts_value_until_the_guest_has_looked() throws Exception {
    var less =
        TopologyBuilder.standard()
            .changeSmmu(
                TopologyBuilder.SMMU0,
                smmu ->
                    new io.vsmmu.host.simulated.Topology.Smmu(
                        smmu.name(),
                        TopologyBuilder.ids(
                            java.util.Map.of(
                                IdMask.RIL, 0,
                                IdMask.GRAN16K, 0,
                                IdMask.ASID16, 0,
                                IdMask.COHACC, 0,
                                IdMask.HAD, 0,
                                IdMask.BBML, 1,
                                IdMask.OAS, 7)),
                        true,
                        true))
            .build();
    try (Service service = new Service(TestPostgres.newDatabase(), new SimulatedHost(less))) {
      RegisteredVsmmu early = create(service, "early");
      service.administration.attach("early", A, SID, OnOffAuto.AUTO, "");
      assertThat(service.state(early).ids().rangeInvalidation()).isFalse();
      assertThat(service.state(early).ids().ats()).isTrue();
      IdRegisters resolved = service.state(early).ids();
      assertThat(resolved.granules()).containsExactlyInAnyOrder(Granule.KB4, Granule.KB64);
      assertThat(resolved.asid16()).isFalse();
      assertThat(resolved.cohacc()).isFalse();
      assertThat(resolved.get(IdField.HAD)).isZero();
      assertThat(resolved.get(IdField.BBML)).isEqualTo(1);
      assertThat(resolved.oasBits()).isEqualTo(56);

      RegisteredVsmmu late = create(service, "late");
      service.writes(late, io.vsmmu.smmu.spec.Register.CR1, 0xd75);
      RequestRefusedException refusal =
          refused(() -> service.administration.attach("late", B, SID, OnOffAuto.AUTO, ""));
      assertThat(refusal.problems())
          .extracting(Problem::field)
          .containsExactly(
              "IDR3.RIL", "IDR0.ASID16", "IDR0.COHACC", "IDR3.HAD", "IDR3.BBML", "IDR5.GRAN16K");
    }
  }

  @Test
  void what_a_crash_left_of_a_creation_or_deletion_frees_its_name() throws Exception {
    String url = TestPostgres.newDatabase();
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.database.registry().register("half", java.util.UUID.randomUUID(), 0);
      RegisteredVsmmu gone = create(service, "gone");
      service.live.of(gone).submit(new io.vsmmu.smmu.stimulus.Stimulus.Delete(), "");
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();
      create(service, "half");
      create(service, "gone");
    }
  }
}
