package io.vsmmu.host.simulated;

import static io.vsmmu.host.HostUnderTest.STE_ABORT;
import static io.vsmmu.host.HostUnderTest.STE_TRANSLATE;
import static io.vsmmu.host.HostUnderTest.TLBI_NH_ASID;
import static io.vsmmu.host.HostUnderTest.VSID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls fail as a plan says. */
class FaultPlanTest {

  private static final String DEVICE = "0000:01:00.0";

  private final SimulatedHost host = SimulatedHost.standard();

  /** Each for an ASID of its own. */
  private static InvalidationBatch tlbis(int count) {
    return InvalidationBatch.of(
        LongStream.range(0, count)
            .flatMap(asid -> LongStream.of(TLBI_NH_ASID | asid << 48, 0))
            .toArray());
  }

  private static List<Boolean> ioases(IommuContext context, int count) {
    return IntStream.range(0, count).mapToObj(i -> context.allocIoas().isOk()).toList();
  }

  @Test
  void nth_call_fails_once() {
    IommuContext context = host.open().value();
    host.faults(FaultPlan.nthCall(3, Errno.ENOMEM));
    assertThat(ioases(context, 5)).containsExactly(true, true, false, true, true);
    assertThat(host.faultsInjected()).isEqualTo(1);
    assertThat(host.calls()).isEqualTo(5);
  }

  @Test
  void every_nth_call_fails() {
    IommuContext context = host.open().value();
    host.faults(FaultPlan.parse("every:2:ENOMEM"));
    assertThat(ioases(context, 6)).containsExactly(true, false, true, false, true, false);
  }

  @Test
  void always_means_all_later_ones_too() {
    IommuContext context = host.open().value();
    host.faults(FaultPlan.parse("alloc_ioas:3:ENOMEM:always"));
    assertThat(ioases(context, 5)).containsExactly(true, true, false, false, false);
  }

  @Test
  void nth_call_of_an_operation_fails_with_the_given_errno() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    host.faults(FaultPlan.parse("attach:2:EBUSY"));
    assertThat(guest.context().attach(guest.dev(), guest.s2()).isOk()).isTrue();
    assertThat(guest.context().attach(guest.dev(), guest.ioas()).refusal()).contains(Errno.EBUSY);
    assertThat(host.attachment(DEVICE).orElseThrow().hwptId()).isEqualTo(guest.s2());
  }

  @Test
  void open_can_fail() {
    host.faults(FaultPlan.nthCallOf(IommuCall.OPEN, 1, Errno.EMFILE));
    assertThat(host.open().refusal()).contains(Errno.EMFILE);
    assertThat(host.open().isOk()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "62, 0", "63, 63", "80, 63"})
  void fault_of_an_entry_loses_the_entries_of_its_block(int entry, int reached) {
    TestGuest guest = TestGuest.on(host, DEVICE);
    host.faults(FaultPlan.entry(entry, Errno.EIO));
    assertThat(guest.context().invalidate(guest.viommu(), tlbis(100)))
        .isEqualTo(InvalidationReport.failed(Errno.EIO, entry));
    assertThat(host.issuedCount(guest.context(), guest.viommu())).isEqualTo(reached);
  }

  @Test
  void a_command_with_a_fault_is_refused_in_every_batch_until_it_was_refused_alone() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    InvalidationBatch all = tlbis(100);
    host.faults(FaultPlan.entry(80, Errno.EIO));
    assertThat(guest.context().invalidate(guest.viommu(), all).entryNum()).isEqualTo(80);

    assertThat(guest.context().invalidate(guest.viommu(), all.slice(70, 90)))
        .isEqualTo(InvalidationReport.failed(Errno.EIO, 10));
    assertThat(guest.context().invalidate(guest.viommu(), all.slice(0, 80)).isComplete()).isTrue();
    assertThat(guest.context().invalidate(guest.viommu(), all.slice(80, 81)).errno())
        .contains(Errno.EIO);
    assertThat(guest.context().invalidate(guest.viommu(), all).isComplete()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "62, 0", "63, 63", "80, 63", "99, 63"})
  void a_kernel_that_reports_only_blocks_does_not_report_the_entry(int entry, int told) {
    SimulatedHost ahead =
        new SimulatedHost(
            TopologyBuilder.standard()
                .kernel(Topology.Kernel.complete("7.4").with(InvalidationModel.WHOLE_BLOCKS))
                .build());
    TestGuest guest = TestGuest.on(ahead, DEVICE);
    ahead.faults(FaultPlan.entry(entry, Errno.EIO));

    assertThat(guest.context().invalidate(guest.viommu(), tlbis(100)))
        .isEqualTo(InvalidationReport.failed(Errno.EIO, told));
    assertThat(ahead.issuedCount(guest.context(), guest.viommu())).isEqualTo(told);
  }

  @Test
  void fault_of_an_entry_waits_for_a_batch_that_has_it() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    host.faults(FaultPlan.parse("entry:5:EIO"));
    assertThat(guest.context().invalidate(guest.viommu(), tlbis(5)).isComplete()).isTrue();
    assertThat(guest.context().invalidate(guest.viommu(), tlbis(6)).entryNum()).isEqualTo(5);
  }

  @Test
  void early_enomem_leaves_entry_num_at_its_input_value() {
    TestGuest guest = TestGuest.on(host, DEVICE);
    host.faults(FaultPlan.parse("invalidate:1:ENOMEM"));
    assertThat(guest.context().invalidate(guest.viommu(), tlbis(100)))
        .isEqualTo(InvalidationReport.failed(Errno.ENOMEM, 100));
    assertThat(host.issuedCount(guest.context(), guest.viommu())).isZero();
  }

  @Test
  void closing_never_fails_and_is_not_counted() {
    IommuContext context = host.open().value();
    int dev = context.bind(DEVICE).value();
    host.faults(FaultPlan.parse("every:1:EIO"));
    assertThat(context.unbind(dev).isOk()).isTrue();
    context.close();
    assertThat(host.calls()).isZero();
  }

  @Test
  void rules_of_a_plan_add_up() {
    FaultPlan plan = FaultPlan.parse("attach:2:EBUSY, every:7:ENOMEM:once,call:3:EIO:always");
    assertThat(plan)
        .isEqualTo(
            FaultPlan.nthCallOf(IommuCall.ATTACH, 2, Errno.EBUSY)
                .and(FaultPlan.everyNthCall(7, Errno.ENOMEM))
                .and(new FaultPlan(List.of(new FaultRule.Call(3, Errno.EIO, true)))));
    assertThat(FaultPlan.parse(" ")).isEqualTo(FaultPlan.none());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attach:2|rule: 'attach:2', allowed is selector:number:errno",
        "attach:2:EBUSY:once:x|rule: 'attach:2:EBUSY:once:x', allowed is",
        "atach:2:EBUSY|selector: 'atach', allowed is one of every, call, entry, open",
        "unbind:1:EIO|selector: 'unbind', allowed is one of",
        "attach:0:EBUSY|number: '0', allowed is a decimal number from 1",
        "attach:x:EBUSY|number: 'x', allowed is a decimal number from 1",
        "entry:-1:EIO|number: '-1', allowed is a decimal number from 0",
        "attach:99999999999:EIO|number: '99999999999', allowed is",
        "attach:1:EBUSSY|errno: 'EBUSSY', allowed is a Linux errno name",
        "attach:1:UNKNOWN|errno: 'UNKNOWN', allowed is",
        "every:7:EIO:always|repeat: 'always', allowed is once",
        "attach:1:EBUSY:never|repeat: 'never', allowed is always or once",
        "attach:1:EIO,|rule: '', allowed is",
      })
  void malformed_plan_names_field_value_and_what_is_allowed(String text, String message) {
    assertThatThrownBy(() -> FaultPlan.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void plan_has_at_most_64_rules() {
    String rules = String.join(",", Collections.nCopies(65, "call:1:EIO"));
    assertThatThrownBy(() -> FaultPlan.parse(rules)).hasMessageContaining("at most 64 rules");
  }

  @Test
  void failing_each_call_in_turn_changes_and_leaks_nothing() {
    int n = 0;
    boolean clean = false;
    while (!clean) {
      host.faults(FaultPlan.nthCall(++n, Errno.ENOMEM));
      host.open().then(this::scenario);
      clean = host.faultsInjected() == 0;
      assertThat(host.objects()).as("after failing call %d", n).isEqualTo(ObjectCounts.NONE);
      assertThat(host.attachment(DEVICE)).isEmpty();
    }
    assertThat(n).isGreaterThan(12);
  }

  /** The operations of a guest. A refused one must not change the number of objects. */
  private HostResult<Integer> scenario(IommuContext context) {
    try (context) {
      return step(() -> context.bind(DEVICE))
          .then(
              dev ->
                  step(context::allocIoas)
                      .then(ioas -> step(() -> context.allocNestingParent(dev, ioas)))
                      .then(
                          s2 ->
                              step(
                                  () ->
                                      context.allocViommu(
                                          dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3)))
                      .then(viommu -> stream(context, dev, viommu)));
    }
  }

  private HostResult<Integer> stream(IommuContext context, int dev, int viommu) {
    return step(() -> context.allocVeventq(viommu, 1, 8))
        .then(queue -> step(() -> context.allocNestedHwpt(dev, viommu, 0, STE_ABORT, 0)))
        .then(
            abort ->
                step(() -> context.attach(dev, abort))
                    .then(same -> step(() -> context.allocVdevice(viommu, dev, VSID)))
                    .then(
                        vdevice ->
                            step(() -> context.allocNestedHwpt(dev, viommu, 0, STE_TRANSLATE, 0)))
                    .then(hwpt -> step(() -> context.attach(dev, hwpt)))
                    .then(hwpt -> step(() -> context.attach(dev, abort))));
  }

  private <T> HostResult<T> step(Supplier<HostResult<T>> call) {
    ObjectCounts before = host.objects();
    HostResult<T> result = call.get();
    if (!result.isOk()) {
      assertThat(host.objects()).isEqualTo(before);
    }
    return result;
  }
}
