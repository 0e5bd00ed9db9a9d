package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Several vSMMUs of one VM on one host. */
class VmSpaceTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String ELSEWHERE = "0000:81:00.0";
  private static final long RAM = 0x4000_0000L;
  private static final long MIB = 1L << 20;

  private final SimulatedHost host = SimulatedHost.standard();
  private final VmSpace space = new VmSpace(host);
  private final Rig first = new Rig(host, space);
  private final Rig second = new Rig(host, space);

  private static List<RamSource> source(long address) {
    return List.of(new RamSource.Anonymous(address));
  }

  private long calls(IommuCall operation) {
    return host.issuedCalls().stream().filter(call -> call.operation() == operation).count();
  }

  @Test
  void vsmmus_of_one_vm_share_its_iommufd_and_its_address_space() {
    first.attach(A);
    second.attach(ELSEWHERE);

    assertThat(first.failures()).isEmpty();
    assertThat(second.failures()).isEmpty();
    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 2, 1, 2, 4, 2, 2, 2, 0));
  }

  @Test
  void vsmmus_behind_one_physical_smmu_share_its_stage_2() {
    first.attach(A);
    second.attach(B);

    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 2, 1, 1, 4, 2, 2, 2, 0));
  }

  @Test
  void vms_share_nothing() {
    first.attach(A);
    Rig other = new Rig(host).attach(B);

    assertThat(host.objects()).isEqualTo(new ObjectCounts(2, 2, 2, 2, 4, 2, 2, 2, 0));
    other.close();
  }

  @Test
  void a_vsmmu_that_leaves_takes_what_only_it_had() {
    first.attach(A);
    second.attach(ELSEWHERE).enable().installs(ELSEWHERE, Entries.TRANSLATE);

    first.close();

    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 3, 1, 1, 1, 0));
    assertThat(host.attachment(ELSEWHERE).orElseThrow().kind())
        .isEqualTo(Attachment.Kind.TRANSLATE);
    second.close();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
  }

  @Test
  void a_translating_vsmmu_that_leaves_frees_its_nested_hwpts() {
    first.attach(A).enable().installs(A, Entries.TRANSLATE);
    second.attach(B);

    first.close();

    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 2, 1, 1, 1, 0));
  }

  @Test
  void one_that_is_rebuilt_allocates_its_objects_beside_the_others() {
    first.attach(A).enable().installs(A, Entries.TRANSLATE);
    second.attach(B);

    first.restarts(Optional.empty());

    assertThat(first.failures()).isEmpty();
    assertThat(host.attachment(A).orElseThrow().kind()).isEqualTo(Attachment.Kind.TRANSLATE);
    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 2, 1, 1, 5, 2, 2, 2, 0));
  }

  @Test
  void ram_that_was_shared_before_is_in_the_address_space_from_its_beginning() {
    assertThat(space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0x10000))).isEmpty();
    assertThat(calls(IommuCall.MAP)).isZero();

    first.attach(A);

    assertThat(calls(IommuCall.MAP)).isEqualTo(1);
  }

  @Test
  void ram_that_is_shared_later_is_mapped_at_once() {
    first.attach(A);

    assertThat(space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0x10000))).isEmpty();

    assertThat(calls(IommuCall.MAP)).isEqualTo(1);
  }

  @Test
  void the_same_ram_of_two_vsmmus_is_mapped_once_until_both_took_it_back() {
    first.attach(A);
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0x10000));
    assertThat(space.share(second, RAM, MIB, MapAccess.READ_WRITE, source(0x90000))).isEmpty();
    assertThat(calls(IommuCall.MAP)).isEqualTo(1);

    space.unshare(second, RAM);
    assertThat(calls(IommuCall.UNMAP)).isZero();

    space.unshare(first, RAM);
    assertThat(calls(IommuCall.UNMAP)).isEqualTo(1);
  }

  @Test
  void ram_whose_first_owner_leaves_stays_mapped_from_the_other() {
    first.attach(A);
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0x10000));
    space.share(second, RAM, MIB, MapAccess.READ_WRITE, source(0x90000));

    space.unshare(first, RAM);

    assertThat(
            host.issuedCalls().stream()
                .filter(call -> call.operation() == IommuCall.MAP)
                .map(call -> call.arguments().getLast())
                .toList())
        .isEqualTo(
            List.<Object>of(new RamSource.Anonymous(0x10000), new RamSource.Anonymous(0x90000)));
  }

  @Test
  void overlapping_ram_is_refused() {
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0x10000));

    assertThat(space.share(second, RAM + 0x1000, MIB, MapAccess.READ_WRITE, source(0)))
        .contains(Errno.EEXIST);
    assertThat(space.share(second, RAM, MIB, MapAccess.READ, source(0))).contains(Errno.EEXIST);
  }

  @Test
  void ram_is_mapped_by_the_next_way_when_the_host_refuses_one() {
    first.attach(A);
    host.faults(FaultPlan.nthCallOf(IommuCall.MAP, 1, Errno.EOPNOTSUPP));
    List<RamSource> ways =
        List.of(new RamSource.MemfdRange(3, 0), new RamSource.Anonymous(0x10000));

    assertThat(space.share(first, RAM, MIB, MapAccess.READ_WRITE, ways)).isEmpty();

    assertThat(calls(IommuCall.MAP)).isEqualTo(2);
  }

  @Test
  void ram_that_the_kernel_refuses_is_not_shared() {
    first.attach(A);
    host.faults(FaultPlan.nthCallOf(IommuCall.MAP, 1, Errno.ENOMEM));

    assertThat(space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0)))
        .contains(Errno.ENOMEM);
    assertThat(space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0))).isEmpty();
  }

  @Test
  void an_address_space_that_cannot_hold_the_ram_is_refused_and_leaves_nothing() {
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0));
    host.faults(FaultPlan.nthCallOf(IommuCall.MAP, 1, Errno.ENOMEM));

    first.attach(A);

    assertThat(first.failures()).isNotEmpty();
    assertThat(host.objects().ioas()).isZero();
  }

  @Test
  void a_space_without_members_has_no_address_space() {
    HostResult<Integer> ioas = space.ioas();

    assertThat(ioas.refusal()).contains(Errno.EBADF);
  }

  @Test
  void the_iommufd_is_opened_anew_after_all_have_left() {
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0));
    first.attach(A);
    first.close();

    second.attach(A);

    assertThat(second.failures()).isEmpty();
    assertThat(calls(IommuCall.OPEN)).isEqualTo(2);
    assertThat(calls(IommuCall.MAP)).isEqualTo(2);
    assertThat(host.objects().contexts()).isEqualTo(1);
  }

  @Test
  void the_port_is_not_opened_for_ram_alone() {
    space.share(first, RAM, MIB, MapAccess.READ_WRITE, source(0));

    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
  }
}
