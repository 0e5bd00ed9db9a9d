package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a start finds in the log and at the host after an end or a crash of the process before. */
@Tag("slow")
@Timeout(60)
class RestartTest {

  private static final int SID = 0x100;
  private static final String A = "0000:01:00.0";

  @Test
  void a_booted_guest_survives_a_restart_of_everything() throws Exception {
    String url = TestPostgres.newDatabase();
    SimulatedHost before = SimulatedHost.standard();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, before)) {
      vsmmu = service.create("v");
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
          service.administration.control("v", new Stimulus.Pause(), "operator").decided().after();
      assertThat(Service.fold(service.events(vsmmu))).isEqualTo(last);
      assertThat(last.commandQueue().fetched()).isEqualTo(2 + 21 * 64);
      assertThat(last.health()).isEqualTo(Health.OK);
      assertThat(service.verdict(vsmmu)).startsWith("Intact");
    }
  }

  @Test
  void a_slice_without_an_outcome_is_issued_again_after_a_crash() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
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
      assertThat(host.issuedCalls()).anyMatch(call -> call.text().startsWith("invalidate"));
      service.rings(vsmmu, SID, Service.doorbell());
      assertThat(service.state(vsmmu).commandQueue().fetched()).isEqualTo(2 + 2 * 64);
      assertThat(replayed(service, vsmmu).divergences()).isEmpty();
      assertThat(restarts(service, vsmmu)).singleElement().extracting(LogEvent::cause).isNotNull();
    }
  }

  @Test
  void a_log_with_a_restart_in_it_replays_without_divergence() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.boots(vsmmu, SID);
      service.rings(vsmmu, SID, Service.doorbell());
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();
      service.rings(vsmmu, SID, Service.doorbell());
      service.administration.control("v", new Stimulus.Pause(), "operator");

      ReplayReport report = replayed(service, vsmmu);

      // No matter how long the host took then.
      assertThat(report.divergences()).isEmpty();
      List<LogEvent> restarts = restarts(service, vsmmu);
      assertThat(restarts).singleElement().extracting(LogEvent::cause).isNull();
      HostOutcomeReported outcome = (HostOutcomeReported) restarts.getFirst().event();
      assertThat(outcome.operations()).isNotEmpty().allMatch(HostOperation::timed);
      assertThat(report.hostOperations()).isPositive();
    }
  }

  @Test
  void an_attachment_that_a_restart_made_replays_without_divergence() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.administration.detach("v", SID, "operator");
      service.live.close();
      // Decided and durable, never applied: the process dies here.
      service.decisionLog.submit(
          vsmmu.aggregateId().toString(),
          List.of(service.admission.admit(vsmmu, A, SteFetch.unknown(SID), OnOffAuto.AUTO)),
          "operator");
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();

      assertThat(service.host.attachment(A)).isPresent();
      assertThat(replayed(service, vsmmu).divergences()).isEmpty();
    }
  }

  @Test
  void a_detachment_that_no_process_applied_replays_without_divergence() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
      service.administration.attach("v", A, SID, OnOffAuto.AUTO, "operator");
      service.live.close();
      // Decided and durable, never applied: the process dies here.
      service.decisionLog.submit(
          vsmmu.aggregateId().toString(), List.of(new Stimulus.DetachDevice(SID)), "operator");
    }
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(url, host)) {
      service.sockets.start();
      service.administration.control("v", new Stimulus.Pause(), "operator");

      assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
      assertThat(replayed(service, vsmmu).divergences()).isEmpty();
    }
  }

  private static List<LogEvent> restarts(Service service, RegisteredVsmmu vsmmu) {
    List<LogEvent> events = new ArrayList<>();
    service
        .database
        .log()
        .read(vsmmu.id(), 0, Long.MAX_VALUE, stored -> events.add(new LogEvent(stored)));
    return events.stream().filter(LogEvent::ofRestart).toList();
  }

  private static ReplayReport replayed(Service service, RegisteredVsmmu vsmmu) {
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      service.events(vsmmu).forEach(replay::accept);
      return replay.finish();
    }
  }

  @Test
  void what_a_crash_left_of_a_creation_or_deletion_frees_its_name() throws Exception {
    String url = TestPostgres.newDatabase();
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.database.registry().register("half", java.util.UUID.randomUUID(), 0);
      RegisteredVsmmu gone = service.create("gone");
      service.live.of(gone).submit(new Stimulus.Delete(), "");
    }
    try (Service service = new Service(url, SimulatedHost.standard())) {
      service.sockets.start();
      service.create("half");
      service.create("gone");
    }
  }
}
