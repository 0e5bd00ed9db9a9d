package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A restart of the service while a store keeps its descriptors open. */
class AdoptionTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";

  private final SimulatedHost host = SimulatedHost.standard();
  private VmSpace space = new VmSpace(host, "vm-1");
  private final Rig rig = new Rig(host, space);

  @BeforeEach
  void keep() {
    host.keepDescriptors();
  }

  /** The process ends without any request to the host; the next one finds the descriptors. */
  private void processEnds(Optional<CommandsConsumed> pending) {
    space = new VmSpace(host, "vm-1");
    rig.diesAndComesBack(space, pending);
    space.sweep();
  }

  private List<IommuCall> since(long from) {
    return rig.issuedCalls(from).stream().map(IssuedCall::operation).toList();
  }

  @Test
  void a_translating_device_stays_on_its_hwpt() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    int hwpt = rig.attachment(A).orElseThrow().hwptId();
    ObjectCounts before = host.objects();
    long from = host.callCount();

    processEnds(Optional.empty());

    assertThat(rig.attachment(A).orElseThrow().hwptId()).isEqualTo(hwpt);
    assertThat(host.objects()).isEqualTo(before);
    assertThat(since(from))
        .doesNotContain(IommuCall.DETACH, IommuCall.BIND, IommuCall.ALLOC_NESTED_HWPT);
    assertThat(rig.operations().getFirst().kind()).isEqualTo(Kind.ADOPT_DEVICE);
    rig.agrees().leaksNothing();
  }

  @Test
  void the_guest_goes_on_as_if_nothing_had_happened() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);

    processEnds(Optional.empty());
    rig.runs(Entries.tlbiVa(0x1000), Entries.sync())
        .installs(A, Entries.translate(0x5000_0000L))
        .detach(A)
        .attach(A);

    assertThat(rig.failures()).isEmpty();
    rig.agrees().leaksNothing();
  }

  @Test
  void invalidations_whose_outcome_was_lost_are_issued_again() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    CommandsConsumed pending = rig.losesOutcomeOf(List.of(Entries.tlbiVa(0x1000), Entries.sync()));
    long from = host.callCount();

    processEnds(Optional.of(pending));

    assertThat(since(from)).contains(IommuCall.INVALIDATE);
    assertThat(rig.cons()).isEqualTo(rig.fetched());
  }

  @Test
  void an_object_that_the_log_does_not_record_is_allocated_anew_and_the_old_one_is_destroyed() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    ObjectCounts before = host.objects();
    rig.places(A, Entries.translate(0x6000_0000L))
        .losesOutcomeOf(List.of(Entries.cfgiSte(Rig.sid(A)), Entries.sync()));

    processEnds(Optional.empty());

    assertThat(rig.failures()).isEmpty();
    assertThat(host.objects()).isEqualTo(before);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_device_that_the_log_let_go_of_is_let_go_of() {
    rig.attach(A).attach(B);
    rig.losesOutcomeOfDetach(B);

    processEnds(Optional.empty());

    assertThat(host.attachment(B)).isEmpty();
    assertThat(host.objects().devices()).isEqualTo(1);
    rig.agrees();
  }

  @Test
  void a_device_whose_file_was_lost_is_bound_anew() {
    rig.attach(A).attach(B).enable().installs(B, Entries.TRANSLATE);
    IommuContext kept = host.resume("vm-1").orElseThrow();
    kept.unbind(kept.devices().get(A));

    processEnds(Optional.empty());

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.operations()).extracting(op -> op.kind()).contains(Kind.BIND_DEVICE);
    assertThat(rig.attachment(B).orElseThrow().kind()).isEqualTo(Attachment.Kind.TRANSLATE);
    rig.agrees();
  }

  @Test
  void a_queue_of_faults_whose_descriptor_was_lost_is_made_anew() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    IommuContext kept = host.resume("vm-1").orElseThrow();
    int veventq = rig.state().objects().get(rig.state().hostHandles().veventq()).kernelId();
    kept.closeVeventq(veventq);
    long from = host.callCount();

    processEnds(Optional.empty());

    assertThat(rig.failures()).isEmpty();
    assertThat(since(from)).contains(IommuCall.ALLOC_VEVENTQ);
    rig.agrees().leaksNothing();
  }

  @Test
  void ram_that_the_vmm_shares_again_takes_the_place_of_what_it_had_shared() {
    List<RamSource> first = List.of(new RamSource.Anonymous(0x10000));
    List<RamSource> second = List.of(new RamSource.Anonymous(0x90000));
    space.share(rig, 0x4000_0000L, 0x10000, MapAccess.READ_WRITE, first);
    rig.attach(A);

    processEnds(Optional.empty());

    assertThat(space.share(rig, 0x4000_0000L, 0x10000, MapAccess.READ_WRITE, second)).isEmpty();
    assertThat(since(0)).containsSequence(IommuCall.UNMAP, IommuCall.MAP);
  }

  @Test
  void an_orderly_end_leaves_the_host_as_it_is() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    ObjectCounts before = host.objects();

    rig.abandons();

    assertThat(host.objects()).isEqualTo(before);
    processEnds(Optional.empty());
    rig.agrees().leaksNothing();
  }

  @Test
  void a_host_that_keeps_nothing_is_built_anew() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    host.resume("vm-1").orElseThrow().close();

    processEnds(Optional.empty());

    assertThat(rig.operations().getFirst().kind()).isEqualTo(Kind.BIND_DEVICE);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_failure_while_taking_over_leaves_no_device_more_open_than_the_log_says() {
    rig.attach(A).enable().installs(A, Entries.TRANSLATE);
    host.faults(FaultPlan.everyNthCall(2, Errno.EIO));

    processEnds(Optional.empty());

    assertThat(rig.attachment(A).map(Attachment::kind))
        .isNotEqualTo(Optional.of(Attachment.Kind.BYPASS));
  }
}
