package io.vsmmu.host.simulated;

import static io.vsmmu.host.HostUnderTest.STE_ABORT;
import static io.vsmmu.host.HostUnderTest.STE_BYPASS;
import static io.vsmmu.host.HostUnderTest.STE_TRANSLATE;
import static io.vsmmu.host.HostUnderTest.TLBI_NH_ALL;
import static io.vsmmu.host.HostUnderTest.TLBI_NH_ASID;
import static io.vsmmu.host.HostUnderTest.VSID;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.Vevent;
import io.vsmmu.host.simulated.SimulatedHost.FaultDelivery;
import io.vsmmu.posix.Errno;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The observations that a simulated host allows. */
class ObservationTest {

  private static final String DEVICE = "0000:01:00.0";
  private static final int VEVENTQ = IommuContext.VEVENTQ_TYPE_ARM_SMMUV3;

  private final SimulatedHost host = SimulatedHost.standard();

  private static int nested(TestGuest guest, long ste0, long ste1) {
    return guest.context().allocNestedHwpt(guest.dev(), guest.viommu(), 0, ste0, ste1).value();
  }

  private static int listening(TestGuest guest, int depth) {
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    int queue = guest.context().allocVeventq(guest.viommu(), VEVENTQ, depth).value();
    guest.context().attach(guest.dev(), nested(guest, STE_TRANSLATE, 0)).value();
    return queue;
  }

  @Test
  void journal_holds_operations_arguments_and_results_in_order() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    guest.context().attach(guest.dev(), 99);
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID);
    guest.context().close();
    assertThat(host.issuedCalls())
        .extracting(IssuedCall::text)
        .containsExactly(
            "open() -> 0",
            "bind(address=0000:01:00.0) -> 1",
            "alloc_ioas() -> 2",
            "alloc_nesting_parent(dev_id=1, ioas_id=2) -> 3",
            "alloc_viommu(dev_id=1, hwpt_id=3, type=1) -> 4",
            "attach(dev_id=1, pt_id=99) -> ENOENT 0",
            "alloc_vdevice(viommu_id=4, dev_id=1, virt_id=0x900) -> 5",
            "close() -> 0");
    assertThat(host.issuedCalls()).extracting(IssuedCall::context).containsOnly(1);
  }

  @Test
  void journal_keeps_the_batch_and_the_report() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    InvalidationBatch batch = InvalidationBatch.of(TLBI_NH_ALL, 0, 0, 0);
    guest.context().invalidate(guest.viommu(), batch);
    IssuedCall entry = host.issuedCalls().getLast();
    assertThat(entry.operation()).isEqualTo(IommuCall.INVALIDATE);
    assertThat(entry.arguments()).containsExactly(guest.viommu(), batch);
    assertThat(entry.errno()).contains(Errno.EIO);
    assertThat(entry.value()).isEqualTo(1);
  }

  @Test
  void journal_keeps_the_newest_operations() {
    SimulatedHost small = new SimulatedHost(Topology.standard(), 3);
    IommuContext context = small.open().value();
    for (int i = 0; i < 10; i++) {
      context.allocIoas();
    }
    assertThat(small.issuedCalls()).extracting(IssuedCall::value).containsExactly(8L, 9L, 10L);
    assertThat(small.callCount()).isEqualTo(11);
  }

  @Test
  void journal_keeps_a_bounded_amount_of_commands() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    InvalidationBatch batch = InvalidationBatch.of(new long[2 * 65_536]);
    for (int i = 0; i < 40; i++) {
      guest.context().invalidate(guest.viommu(), batch);
    }
    long kept =
        host.issuedCalls().stream()
            .filter(entry -> entry.operation() == IommuCall.INVALIDATE)
            .count();
    assertThat(kept * batch.size() * InvalidationBatch.ENTRY_BYTES)
        .isPositive()
        .isLessThanOrEqualTo(IssuedCalls.MAX_BATCH_BYTES);
  }

  @Test
  void issued_commands_are_counted_and_the_newest_kept() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    int count = IssuedLog.LIMIT + 100;
    long[] words = new long[2 * count];
    for (int i = 0; i < count; i++) {
      words[2 * i] = TLBI_NH_ASID | (long) (i & 0xFFFF) << 48;
    }
    guest.context().invalidate(guest.viommu(), InvalidationBatch.of(words));
    assertThat(host.issuedCount(guest.context(), guest.viommu())).isEqualTo(count);
    assertThat(host.issued(guest.context(), guest.viommu())).hasSize(IssuedLog.LIMIT);
    assertThat(host.issued(guest.context(), guest.viommu()).getFirst().guest0())
        .isEqualTo(words[200]);
  }

  @Test
  void attachment_shows_what_the_dma_of_a_device_meets() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    assertThat(host.attachment(DEVICE)).isEmpty();
    guest.context().attach(guest.dev(), guest.s2());
    assertThat(host.attachment(DEVICE))
        .contains(new Attachment(guest.s2(), Attachment.Kind.STAGE_2, 0, 0));
    int bypass = nested(guest, STE_BYPASS, 0);
    guest.context().attach(guest.dev(), bypass);
    assertThat(host.attachment(DEVICE))
        .contains(new Attachment(bypass, Attachment.Kind.BYPASS, STE_BYPASS, 0));
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID);
    int translate = nested(guest, STE_TRANSLATE, 1L << 28 | 0x54);
    guest.context().attach(guest.dev(), translate);
    assertThat(host.attachment(DEVICE))
        .contains(new Attachment(translate, Attachment.Kind.TRANSLATE, STE_TRANSLATE, 0x54));
    guest.context().detach(guest.dev());
    assertThat(host.attachment(DEVICE)).isEmpty();
  }

  @Test
  void invalid_ste_aborts() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    guest.context().attach(guest.dev(), nested(guest, STE_TRANSLATE & ~1L, 0));
    assertThat(host.attachment(DEVICE).map(Attachment::kind)).contains(Attachment.Kind.ABORT);
  }

  @Test
  void object_counts_show_what_lives_until_the_context_is_closed() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    listening(guest, 4);
    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 1, 1, 1, 1, 1, 1, 1, 0));
    guest.context().unbind(guest.dev());
    assertThat(host.objects()).isEqualTo(new ObjectCounts(1, 0, 1, 1, 1, 1, 0, 1, 1));
    guest.context().close();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
  }

  @Test
  void mappings_are_recorded_with_their_source() {
    IommuContext context = host.open().value();
    int ioas = context.allocIoas().value();
    RamSource memfd = new RamSource.MemfdRange(7, 0x2000);
    context.map(ioas, 0x4000_0000L, 0x1000, MapAccess.READ, memfd);
    assertThat(host.mappings(context, ioas))
        .containsExactly(new Mapping(0x4000_0000L, 0x1000, MapAccess.READ, memfd));
  }

  @Test
  void fault_of_a_device_without_a_veventq_is_not_reported() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    assertThat(host.deviceFault(DEVICE, 0x10, 0, 0, 0)).isEqualTo(FaultDelivery.UNREPORTED);
    guest.context().allocVeventq(guest.viommu(), VEVENTQ, 4);
    guest.context().attach(guest.dev(), nested(guest, STE_ABORT, 0));
    assertThat(host.deviceFault(DEVICE, 0x10, 0, 0, 0)).isEqualTo(FaultDelivery.UNREPORTED);
  }

  @Test
  void sequence_goes_from_its_highest_value_to_0() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    int queue = listening(guest, 4);
    host.nextSequence(guest.context(), queue, Vevent.MAX_SEQUENCE);
    host.deviceFault(DEVICE, 0x10, 1, 2, 3);
    host.deviceFault(DEVICE, 0x10, 1, 2, 3);
    assertThat(guest.context().readVevents(queue, 8).value())
        .containsExactly(
            new Vevent.Fault(Vevent.MAX_SEQUENCE, 0x10 | VSID << 32, 1, 2, 3),
            new Vevent.Fault(0, 0x10 | VSID << 32, 1, 2, 3));
  }

  @Test
  void waiting_reader_is_woken_by_a_fault_and_by_a_close() throws Exception {
    TestGuest guest = TestGuest.on(host, DEVICE);
    int queue = listening(guest, 4);
    CompletableFuture<Boolean> woken =
        CompletableFuture.supplyAsync(() -> guest.context().pollVevents(queue, 10_000).value());
    host.deviceFault(DEVICE, 0x10, 0, 0, 0);
    assertThat(woken.get(5, TimeUnit.SECONDS)).isTrue();
    guest.context().readVevents(queue, 8);
    CompletableFuture<Optional<Errno>> closed =
        CompletableFuture.supplyAsync(() -> guest.context().pollVevents(queue, 10_000).refusal());
    guest.context().close();
    assertThat(closed.get(5, TimeUnit.SECONDS)).contains(Errno.EBADF);
  }
}
