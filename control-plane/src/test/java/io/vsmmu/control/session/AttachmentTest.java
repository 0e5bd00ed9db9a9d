package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.Granule;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Creation of vSMMUs and attachment of devices: what is refused, and what a refusal leaves behind.
 */
@Tag("slow")
@Timeout(60)
class AttachmentTest {

  private static final int SID = 0x100;

  /** The call of an attach that asks what the SMMU is; nothing depends on the answer. */
  private static final int HARDWARE_INFO = 5;

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final String ELSEWHERE = "0000:81:00.0";

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
      service.create("v");
      VsmmuAdministration admin = service.administration;
      VsmmuProperties oddOas =
          new VsmmuProperties(
              OnOffAuto.AUTO, OnOffAuto.AUTO, 43, VsmmuProperties.AUTO, OnOffAuto.AUTO);
      VsmmuProperties wide =
          new VsmmuProperties(
              OnOffAuto.AUTO, OnOffAuto.AUTO, VsmmuProperties.AUTO, 21, OnOffAuto.AUTO);

      assertThat(refused(() -> service.create("v")).problems().getFirst().field())
          .isEqualTo("name");
      assertThat(refused(() -> service.create("V!")).kind())
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
      RegisteredVsmmu vsmmu = service.create("v");
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
      RegisteredVsmmu vsmmu = service.create("v");
      host.faults(FaultPlan.parse("call:9:ENOMEM"));
      refused(() -> service.administration.attach("v", A, SID, OnOffAuto.AUTO, ""));

      service.administration.attach("v", ELSEWHERE, 0x8100, OnOffAuto.AUTO, "");

      assertThat(service.state(vsmmu).devices()).containsOnlyKeys(0x8100);
      service.create("w");
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
      service.create("one");
      RegisteredVsmmu two = service.create("two");
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
      service.create("v");
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
      RegisteredVsmmu early = service.create("early");
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

      RegisteredVsmmu late = service.create("late");
      service.writes(late, io.vsmmu.smmu.spec.Register.CR1, 0xd75);
      RequestRefusedException refusal =
          refused(() -> service.administration.attach("late", B, SID, OnOffAuto.AUTO, ""));
      assertThat(refusal.problems())
          .extracting(Problem::field)
          .containsExactly(
              "IDR3.RIL", "IDR0.ASID16", "IDR0.COHACC", "IDR3.HAD", "IDR3.BBML", "IDR5.GRAN16K");
    }
  }
}
