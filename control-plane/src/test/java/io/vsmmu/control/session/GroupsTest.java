package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.testing.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Devices of one iommu group, attached one after the other: what is missing is reported, and every
 * log that comes of it replays without a difference.
 */
@Tag("slow")
@Timeout(60)
class GroupsTest {

  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final int SID0 = 0x300;
  private static final int SID1 = 0x301;

  private static void attach(Service service, String device, int sid) {
    service.administration.attach("v", device, sid, OnOffAuto.AUTO, "operator");
  }

  /** The guest makes the SMMU read an STE that translates. */
  private static void installs(Service service, RegisteredVsmmu vsmmu, int sid) {
    CommandEntry cfgi = new ConfigInvalidation.Ste(sid, false, true).encode();
    service.rings(vsmmu, sid, List.of(cfgi, Service.sync()));
  }

  /** Context descriptors elsewhere: the stream has to be attached anew. */
  private static void installsOthers(Service service, RegisteredVsmmu vsmmu, int sid) {
    CommandEntry cfgi = new ConfigInvalidation.Ste(sid, false, true).encode();
    service.rings(
        vsmmu, sid, StreamTableEntry.ofTwoWords(0x4000_100bL, 0), List.of(cfgi, Service.sync()));
  }

  private static List<String> missing(Service service, RegisteredVsmmu vsmmu, int sid) {
    VsmmuState state = service.state(vsmmu);
    return GroupCompleteness.missing(state, state.device(sid).orElseThrow());
  }

  private static Attachment.Kind kind(SimulatedHost host, String device) {
    return host.attachment(device).orElseThrow().kind();
  }

  static ReplayReport replayed(Service service, RegisteredVsmmu vsmmu) {
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      service
          .database
          .log()
          .read(
              vsmmu.id(),
              0,
              Long.MAX_VALUE,
              stored -> replay.accept(EventCodec.decode(stored.type(), stored.payload())));
      return replay.finish();
    }
  }

  private static void replaysAlike(Service service, RegisteredVsmmu vsmmu) {
    ReplayReport report = replayed(service, vsmmu);
    assertThat(report.divergences()).isEmpty();
    assertThat(report.hostOperations()).isPositive();
  }

  @Test
  void one_device_of_a_group_does_not_translate_and_its_log_replays() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = service.create("v");
      attach(service, F0, SID0);
      assertThat(missing(service, vsmmu, SID0)).containsExactly(F1);

      service.boots(vsmmu, SID0);

      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.ABORT);
      Health health = service.state(vsmmu).health();
      assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(health.reasons().getLast()).contains(F1);
      replaysAlike(service, vsmmu);
    }
  }

  @Test
  void a_group_translates_when_its_last_device_is_attached() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = service.create("v");
      attach(service, F1, SID1);
      service.boots(vsmmu, SID1);
      attach(service, F0, SID0);
      assertThat(missing(service, vsmmu, SID0)).isEmpty();

      installs(service, vsmmu, SID1);
      installs(service, vsmmu, SID0);

      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
      assertThat(kind(host, F1)).isEqualTo(Attachment.Kind.TRANSLATE);
      assertThat(service.state(vsmmu).health().status()).isEqualTo(Health.Status.OK);
      replaysAlike(service, vsmmu);
    }
  }

  @Test
  void a_device_that_leaves_is_missing_from_then_on() throws Exception {
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = service.create("v");
      attach(service, F0, SID0);
      attach(service, F1, SID1);
      service.boots(vsmmu, SID0);

      service.administration.detach("v", SID1, "operator");

      assertThat(missing(service, vsmmu, SID0)).containsExactly(F1);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.TRANSLATE);

      installsOthers(service, vsmmu, SID0);

      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.ABORT);
      assertThat(service.state(vsmmu).health().reasons().getLast()).contains(F1);
      replaysAlike(service, vsmmu);

      attach(service, F1, 0x305);
      installs(service, vsmmu, SID0);

      assertThat(kind(host, F1)).isEqualTo(Attachment.Kind.TRANSLATE);
      replaysAlike(service, vsmmu);
    }
  }

  @Test
  void an_incomplete_group_is_so_after_a_restart_and_can_be_completed_then() throws Exception {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (Service service = new Service(url, SimulatedHost.standard())) {
      vsmmu = service.create("v");
      attach(service, F0, SID0);
      service.boots(vsmmu, SID0);
    }
    SimulatedHost host = SimulatedHost.standard();
    try (Service service = new Service(url, host)) {
      service.sockets.start();

      assertThat(missing(service, vsmmu, SID0)).containsExactly(F1);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.ABORT);

      attach(service, F1, SID1);
      installs(service, vsmmu, SID0);

      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
      replaysAlike(service, vsmmu);
    }
  }

  @Test
  void the_missing_device_cannot_go_behind_another_vsmmu() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      service.create("v");
      service.create("other");
      attach(service, F0, SID0);

      RequestRefusedException refused =
          catchThrowableOfType(
              RequestRefusedException.class,
              () -> service.administration.attach("other", F1, SID1, OnOffAuto.AUTO, "operator"));

      assertThat(refused.problems().getFirst().given()).isEqualTo(F1);
      assertThat(refused.problems().getFirst().allowed()).contains("iommu group 3", "v has it");
    }
  }

  @Test
  void a_device_without_a_driver_is_missing_too() throws Exception {
    SimulatedHost host =
        new SimulatedHost(
            TopologyBuilder.standard()
                .changeDevice(
                    F1,
                    it ->
                        new Topology.Device(
                            it.address(),
                            it.group(),
                            it.smmu(),
                            it.streamIds(),
                            it.ats(),
                            it.pasidLog2(),
                            false,
                            false))
                .build());
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = service.create("v");
      attach(service, F0, SID0);
      service.boots(vsmmu, SID0);

      assertThat(missing(service, vsmmu, SID0)).containsExactly(F1);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.ABORT);
      replaysAlike(service, vsmmu);
    }
  }

  @Test
  void a_device_that_is_plugged_in_and_out_of_the_group_is_known_to_replays() throws Exception {
    SimulatedHost host = new SimulatedHost(TopologyBuilder.standard().withoutDevice(F1).build());
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      RegisteredVsmmu vsmmu = service.create("v");
      attach(service, F0, SID0);
      service.boots(vsmmu, SID0);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
      service.administration.detach("v", SID0, "operator");

      host.rebuild(TopologyBuilder.standard().build());
      attach(service, F0, SID0);
      installs(service, vsmmu, SID0);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.ABORT);
      service.administration.detach("v", SID0, "operator");

      host.rebuild(TopologyBuilder.standard().withoutDevice(F1).build());
      attach(service, F0, SID0);
      installs(service, vsmmu, SID0);
      assertThat(kind(host, F0)).isEqualTo(Attachment.Kind.TRANSLATE);
      replaysAlike(service, vsmmu);
    }
  }
}
