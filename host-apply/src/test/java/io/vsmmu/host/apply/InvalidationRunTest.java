package io.vsmmu.host.apply;

import static io.vsmmu.host.apply.Entries.sync;
import static io.vsmmu.host.apply.Entries.tlbiVa;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.InvalidationModel;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InvalidationRunTest {

  private static final String A = "0000:01:00.0";
  private static final long PAGE = 0x1000;

  private static Rig translating() {
    return Rig.standard().attach(A).enable().installs(A, Entries.TRANSLATE);
  }

  /** A rig on a kernel with this model of invalidations. */
  private static Rig translating(InvalidationModel kernel) {
    SimulatedHost host =
        new SimulatedHost(
            TopologyBuilder.standard()
                .kernel(Topology.Kernel.complete(TopologyBuilder.KERNEL_RELEASE).with(kernel))
                .build());
    return new Rig(host).attach(A).enable().installs(A, Entries.TRANSLATE);
  }

  /**
   * Each model with indexes of a refused entry: at the ends of blocks, within a block, and at the
   * ends of the batch.
   */
  static Stream<Arguments> badEntries() {
    return Stream.of(InvalidationModel.values())
        .flatMap(kernel -> Stream.of(0, 1, 31, 62, 63, 80, 99).map(bad -> arguments(kernel, bad)));
  }

  private static List<CommandEntry> tlbis(int count) {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(tlbiVa(i * PAGE));
    }
    return entries;
  }

  private static List<CommandEntry> withSync(List<CommandEntry> entries) {
    List<CommandEntry> all = new ArrayList<>(entries);
    all.add(sync());
    return all;
  }

  /** Entries of each ioctl. */
  private static List<Integer> batches(Rig rig, long from) {
    return rig.issuedCalls(from).stream()
        .filter(call -> call.operation() == IommuCall.INVALIDATE)
        .map(InvalidationRunTest::entries)
        .toList();
  }

  private static int entries(IssuedCall call) {
    return ((InvalidationBatch) call.arguments().get(1)).size();
  }

  private static List<Long> pages(Rig rig) {
    return rig.issued().stream().map(command -> command.guest1() & -PAGE).toList();
  }

  private static CommandError error(Rig rig) {
    return CommandError.values()[
        (int) TableFields.CMDQ_CONS_ERR.get(rig.state().value(Register.CMDQ_CONS))];
  }

  @Test
  void what_lies_between_two_syncs_is_one_ioctl() {
    Rig rig = translating();
    long from = rig.host.callCount();
    List<CommandEntry> entries = withSync(tlbis(5));
    entries.addAll(withSync(tlbis(7)));
    entries.addAll(tlbis(2));

    rig.runs(entries);

    assertThat(batches(rig, from)).containsExactly(5, 7, 2);
    assertThat(rig.cons()).isEqualTo(rig.fetched());
  }

  @Test
  void a_sync_with_nothing_before_it_costs_no_ioctl() {
    Rig rig = translating();
    long from = rig.host.callCount();

    rig.runs(sync(), sync());

    assertThat(batches(rig, from)).isEmpty();
  }

  @Test
  void an_ioctl_has_a_bounded_number_of_entries() {
    Rig rig = translating();
    long from = rig.host.callCount();

    rig.runs(withSync(tlbis(2 * InvalidationRun.BATCH_ENTRIES + 1)));

    assertThat(batches(rig, from))
        .containsExactly(InvalidationRun.BATCH_ENTRIES, InvalidationRun.BATCH_ENTRIES, 1);
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void everything_before_a_bad_entry_reaches_the_smmu_and_the_guest_sees_that_entry(
      InvalidationModel kernel, int bad) {
    Rig rig = translating(kernel);
    long start = rig.fetched();
    List<CommandEntry> entries = withSync(tlbis(100));
    rig.host.faults(FaultPlan.entry(bad, Errno.EIO));

    rig.runs(entries);

    assertThat(pages(rig).stream().distinct()).containsExactlyElementsOf(expected(bad));
    assertThat(error(rig)).isEqualTo(CommandError.CERROR_ILL);
    assertThat(rig.cons()).isEqualTo(Rig.advance(start, bad));
    assertThat(rig.state().commandQueueStopped()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void the_search_for_a_bad_entry_takes_few_calls(InvalidationModel kernel, int bad) {
    Rig rig = translating(kernel);
    long from = rig.host.callCount();
    rig.host.faults(FaultPlan.entry(bad, Errno.EIO));

    rig.runs(withSync(tlbis(100)));

    assertThat(batches(rig, from)).hasSizeLessThanOrEqualTo(16);
  }

  @ParameterizedTest
  @EnumSource
  void a_batch_that_is_taken_the_second_time_shows_the_guest_nothing(InvalidationModel kernel) {
    Rig rig = translating(kernel);
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.INVALIDATE, 1, Errno.EIO));

    rig.runs(withSync(tlbis(100)));

    assertThat(pages(rig).stream().distinct()).containsExactlyElementsOf(expected(100));
    assertThat(rig.state().commandQueueStopped()).isFalse();
    assertThat(rig.cons()).isEqualTo(rig.fetched());
  }

  @ParameterizedTest
  @MethodSource("badEntries")
  void after_the_guest_acknowledges_the_rest_follows_and_nothing_is_skipped(
      InvalidationModel kernel, int bad) {
    Rig rig = translating(kernel);
    List<CommandEntry> entries = withSync(tlbis(100));
    rig.host.faults(FaultPlan.entry(bad, Errno.EIO));
    rig.runs(entries);

    rig.acknowledges().consumes(entries.subList(bad, entries.size()));

    assertThat(pages(rig)).containsAll(expected(100));
    assertThat(rig.cons()).isEqualTo(rig.fetched());
    assertThat(rig.state().commandQueueStopped()).isFalse();
    assertThat(pages(rig).stream().distinct().toList()).isEqualTo(expected(100));
  }

  @Test
  void entries_after_a_sync_wait_until_a_failure_before_it_is_acknowledged() {
    Rig rig = translating();
    List<CommandEntry> entries = withSync(tlbis(3));
    entries.add(tlbiVa(0x77 * PAGE));
    entries.add(sync());
    rig.host.faults(FaultPlan.entry(2, Errno.EIO));

    rig.runs(entries);

    assertThat(pages(rig)).containsExactly(0L, PAGE);
  }

  @ParameterizedTest
  @EnumSource
  void of_two_bad_entries_the_guest_sees_the_earlier_one(InvalidationModel kernel) {
    Rig rig = translating(kernel);
    long start = rig.fetched();
    rig.host.faults(FaultPlan.entry(80, Errno.EIO).and(FaultPlan.entry(70, Errno.EIO)));

    rig.runs(withSync(tlbis(100)));

    assertThat(rig.cons()).isEqualTo(Rig.advance(start, 70));
    assertThat(pages(rig)).containsAll(expected(70)).doesNotContain(70 * PAGE);
  }

  @Test
  void a_failure_without_a_culprit_is_tried_again_once() {
    Rig rig = translating();
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.INVALIDATE, 1, Errno.ENOMEM));

    rig.runs(withSync(tlbis(100)));

    assertThat(pages(rig)).isEqualTo(expected(100));
    assertThat(rig.state().commandQueueStopped()).isFalse();
    assertThat(rig.cons()).isEqualTo(rig.fetched());
  }

  @Test
  void a_failure_without_a_culprit_that_lasts_is_reported_as_retryable() {
    Rig rig = translating();
    long start = rig.fetched();
    long from = rig.host.callCount();
    rig.host.faults(FaultPlan.parse("invalidate:1:ENOMEM:always"));

    List<CommandEntry> entries = withSync(tlbis(100));
    rig.runs(entries);

    assertThat(batches(rig, from)).hasSize(1 + InvalidationRun.RETRIES);
    assertThat(error(rig)).isEqualTo(CommandError.CERROR_ABT);
    assertThat(rig.cons()).isEqualTo(start);

    rig.host.faults(FaultPlan.none());
    rig.acknowledges().consumes(entries);
    assertThat(pages(rig)).isEqualTo(expected(100));
    assertThat(rig.cons()).isEqualTo(rig.fetched());
  }

  @Test
  void reserved_bits_do_not_reach_the_kernel() {
    Rig rig = translating();
    CommandEntry clean = tlbiVa(PAGE);
    CommandEntry dirty = new CommandEntry(clean.word0() | 1 << 8, clean.word1());
    assertThat(dirty.reservedBitsSet()).isTrue();

    rig.runs(dirty, sync());

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.issued())
        .singleElement()
        .satisfies(command -> assertThat(command.guest0()).isEqualTo(clean.word0()));
  }

  @Test
  void range_fields_reach_the_kernel_only_with_ril() {
    InvalidationRange range = new InvalidationRange(PAGE, true, 1, 1, false, 2, 3);
    Rig with = translating();
    Rig without = new Rig(SimulatedHost.standard(), Rig.IDS.withRangeInvalidation(false));
    without.attach(A).enable().installs(A, Entries.TRANSLATE);

    with.runs(tlbiVa(range), sync());
    without.runs(tlbiVa(range), sync());

    CommandEntry single = tlbiVa(PAGE);
    assertThat(with.issued().getFirst().guest0()).isEqualTo(tlbiVa(range).word0());
    assertThat(without.issued().getFirst().guest0()).isEqualTo(single.word0());
    assertThat(without.issued().getFirst().guest1()).isEqualTo(single.word1());
  }

  @Test
  void the_hint_for_128_bit_descriptors_is_ignored() {
    Rig rig = translating();

    rig.runs(tlbiVa(new InvalidationRange(PAGE, true, 1, 1, true, 2, 3)), sync());

    assertThat(rig.failures()).isEmpty();
    assertThat(rig.issued().getFirst().guest1())
        .isEqualTo(tlbiVa(new InvalidationRange(PAGE, true, 1, 1, false, 2, 3)).word1());
  }

  @Test
  void context_descriptors_that_cannot_be_forgotten_stop_the_queue_at_the_cfgi() {
    Rig rig = translating();
    long start = rig.fetched();
    rig.host.faults(FaultPlan.parse("invalidate:1:EIO:always"));

    rig.runs(sync(), Entries.cfgiSte(Rig.sid(A)), sync());

    assertThat(rig.cons()).isEqualTo(Rig.advance(start, 1));
    assertThat(rig.state().commandQueueStopped()).isTrue();
    rig.agrees().leaksNothing();
  }

  private static List<Long> expected(int count) {
    List<Long> pages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pages.add(i * PAGE);
    }
    return pages;
  }
}
