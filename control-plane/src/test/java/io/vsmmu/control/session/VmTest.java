package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several vSMMUs of one VM, from the operator to the host. */
@Tag("slow")
@Timeout(60)
class VmTest {

  private static final int SID = 0x100;
  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String ELSEWHERE = "0000:81:00.0";

  @TempDir static Path dir;

  private final SimulatedHost host = SimulatedHost.standard();

  private static RegisteredVsmmu create(Service service, String name, String vm) {
    return service.administration.create(
        name, vm, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }

  private static void attach(Service service, String name, String device) {
    service.administration.attach(name, device, SID, OnOffAuto.AUTO, "operator");
  }

  /** A VM with vSMMUs of these names. */
  private static void vm(Service service, String vm, String... vsmmus) {
    service.administration.vms().create(vm, Machine.DEFAULT);
    for (String name : vsmmus) {
      create(service, name, vm);
    }
  }

  @Test
  void vsmmus_of_one_vm_share_its_address_space_and_others_do_not() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      vm(service, "vm", "one", "two");
      create(service, "alone", "");

      attach(service, "one", A);
      attach(service, "two", ELSEWHERE);
      assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 2, 1, 2, 4, 2, 2, 2, 0));

      attach(service, "alone", B);
      assertThat(host.objects().contexts()).isEqualTo(2);
      assertThat(host.objects().ioas()).isEqualTo(2);
    }
  }

  @Test
  void a_second_vsmmu_of_a_vm_behind_one_physical_smmu_is_refused_before_anything_is_changed()
      throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      vm(service, "vm", "one", "two");
      attach(service, "one", A);
      ObjectCounts before = host.objects();
      long events = service.state(service.administration.named("two")).events();

      RequestRefusedException refused =
          catchThrowableOfType(RequestRefusedException.class, () -> attach(service, "two", B));

      assertThat(refused.kind()).isEqualTo(Kind.CONFLICT);
      assertThat(refused.problems().getFirst().field()).isEqualTo("hostDevice");
      assertThat(refused.problems().getFirst().given()).contains(B, "smmu3.0x0000000009050000");
      assertThat(refused.problems().getFirst().allowed())
          .contains("one has this one", "VMID", "place the device behind one");
      assertThat(host.objects()).isEqualTo(before);
      assertThat(service.state(service.administration.named("two")).events()).isEqualTo(events);
    }
  }

  @Test
  void the_physical_smmu_is_free_again_when_its_vsmmu_was_deleted() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      vm(service, "vm", "one", "two");
      attach(service, "one", A);
      service.administration.detach("one", SID, "operator");
      assertThatThrownBy(() -> attach(service, "two", A)).hasMessageContaining("VMID");

      service.administration.delete("one", "operator");
      attach(service, "two", A);

      assertThat(host.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.BYPASS);
    }
  }

  @Test
  void of_two_vsmmus_that_reach_for_one_physical_smmu_at_once_one_gets_it() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vm(service, "vm", "one", "two");

      List<Future<Boolean>> tries =
          threads.invokeAll(List.of(tries(service, "one", A), tries(service, "two", B)));

      assertThat(List.of(tries.get(0).get(), tries.get(1).get()))
          .containsExactlyInAnyOrder(true, false);
    }
  }

  private static Callable<Boolean> tries(Service service, String name, String device) {
    return () -> {
      try {
        attach(service, name, device);
        return true;
      } catch (RequestRefusedException refused) {
        return false;
      }
    };
  }

  @Test
  void vms_may_have_a_vsmmu_each_behind_one_physical_smmu() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      vm(service, "left", "one");
      vm(service, "right", "two");

      attach(service, "one", A);
      attach(service, "two", B);

      assertThat(host.objects().pagingHwpts()).isEqualTo(2);
    }
  }

  @Test
  void a_vsmmu_of_a_vm_that_is_not_there_is_refused() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      assertThatThrownBy(() -> create(service, "one", "nowhere"))
          .hasMessageContaining("vm: nowhere")
          .hasMessageContaining("POST /api/v1/vms");
      assertThat(service.database.registry().byName("one")).isEmpty();
    }
  }

  @Test
  void a_vm_is_deleted_after_its_vsmmus_and_its_name_is_free_again() throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), host)) {
      vm(service, "vm", "one");

      assertThatThrownBy(() -> service.administration.vms().delete("vm"))
          .hasMessageContaining("delete one first");
      assertThatThrownBy(() -> service.administration.vms().create("vm", Machine.DEFAULT))
          .hasMessageContaining("no other VM has");
      service.administration.delete("one", "operator");
      service.administration.vms().delete("vm");

      assertThat(service.administration.vms().list(0, 10)).isEmpty();
      vm(service, "vm", "one");
      assertThat(service.administration.vms().members("vm")).hasSize(1);
    }
  }

  @Test
  void after_a_restart_the_vsmmus_of_a_vm_share_again_what_they_shared() throws Exception {
    String url = TestPostgres.newDatabase();
    try (Service service = new Service(url, host)) {
      vm(service, "vm", "one", "two");
      attach(service, "one", A);
      attach(service, "two", ELSEWHERE);
    }
    SimulatedHost after = SimulatedHost.standard();
    try (Service service = new Service(url, after)) {
      service.sockets.start();

      assertThat(after.objects()).isEqualTo(new ObjectCounts(1, 2, 1, 2, 4, 2, 2, 2, 0));
      assertThat(service.administration.vms().members("vm"))
          .extracting(RegisteredVsmmu::name)
          .containsExactly("one", "two");
      service.administration.detach("two", SID, "operator");
      assertThatThrownBy(() -> attach(service, "two", B))
          .isInstanceOf(RequestRefusedException.class);
    }
  }
}
