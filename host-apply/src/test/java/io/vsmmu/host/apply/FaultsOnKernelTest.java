package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.GuestRam;
import io.vsmmu.host.kernel.GuestRam.Way;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The faults of a device of the running kernel are delivered to the consumer. */
class FaultsOnKernelTest extends KernelRigTest {

  private static final long F_TRANSLATION = 0x10;
  private static final int ONE_ACCESS = 4;
  private static final int WHOLE_BUFFER = 4096;
  private static final int QUIET_MILLIS = 600;

  @BeforeEach
  void begin() {
    needsDevice();
    rig = KernelRig.alone(new IommufdHost(), ram).hears();
    rig.attach(DEVICE).enable().installs(DEVICE, KernelRig.FIRST);
    assertThat(rig.failures()).isEmpty();
  }

  private void reads(long iova, int bytes) throws InterruptedException {
    rig.edu(DEVICE).readRam(iova, bytes);
  }

  /** All reports, until no further one is delivered. */
  private static List<ReportFaults> drain(BlockingQueue<ReportFaults> faults)
      throws InterruptedException {
    List<ReportFaults> all = new ArrayList<>();
    ReportFaults next;
    while ((next = faults.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)) != null) {
      all.add(next);
    }
    return all;
  }

  private static long lost(List<ReportFaults> reports) {
    return reports.stream().mapToLong(ReportFaults::lost).sum();
  }

  private static List<EventRecord> records(List<ReportFaults> reports) {
    return reports.stream().flatMap(report -> report.records().stream()).toList();
  }

  @Test
  void a_fault_is_reported_with_the_guests_stream_id_and_the_address() throws Exception {
    reads(GuestRam.UNMAPPED + 0x1000, ONE_ACCESS);

    List<ReportFaults> reports = drain(rig.faults);

    assertThat(lost(reports)).isZero();
    assertThat(records(reports))
        .isNotEmpty()
        .allSatisfy(
            record -> {
              assertThat(record.word0() & 0xff).isEqualTo(F_TRANSLATION);
              assertThat(record.word0() >>> 32).isEqualTo(Rig.sid(DEVICE));
              assertThat(record.word2()).isEqualTo(GuestRam.UNMAPPED + 0x1000);
            });
  }

  @Test
  void what_is_aborted_or_translated_is_no_fault() throws Exception {
    assertThat(ram.reaches(rig.edu(DEVICE), Way.FIRST)).isTrue();
    rig.installs(DEVICE, Entries.ABORT);
    reads(GuestRam.UNMAPPED, ONE_ACCESS);

    assertThat(drain(rig.faults)).isEmpty();
  }

  /** STEs that are wrong: an ILLEGAL one, and a StreamID outside the guest's stream table. */
  @Test
  void dma_behind_an_ste_that_is_no_good_is_the_guests_own_event() throws Exception {
    rig.installs(DEVICE, Entries.ILLEGAL);
    assertThat(rig.failures()).isEmpty();
    assertThat(ram.reaches(rig.edu(DEVICE), Way.FIRST)).isFalse();

    List<ReportFaults> reports = drain(rig.faults);

    assertThat(records(reports))
        .isNotEmpty()
        .allSatisfy(
            record -> {
              assertThat(record.type()).contains(EventType.C_BAD_STE);
              assertThat(record.sid()).isEqualTo(Rig.sid(DEVICE));
            });
    rig.meets(reports.getFirst());
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.OK);
    rig.installs(DEVICE, KernelRig.FIRST);
    assertThat(ram.reaches(rig.edu(DEVICE), Way.FIRST)).isTrue();
  }

  @Test
  void faults_go_on_after_a_restart_and_end_with_the_vsmmu() throws Exception {
    rig.restarts(Optional.empty());

    reads(GuestRam.UNMAPPED, ONE_ACCESS);

    List<ReportFaults> reports = drain(rig.faults);
    assertThat(records(reports)).isNotEmpty();
    assertThat(lost(reports)).isZero();
  }

  @Test
  void faults_that_are_not_read_are_kept_or_counted() throws Exception {
    // given: one who is busy with the first fault
    rig.dismantle();
    BlockingQueue<ReportFaults> taken = new LinkedBlockingQueue<>();
    CountDownLatch busy = new CountDownLatch(1);
    Consumer<ReportFaults> slow =
        report -> {
          taken.add(report);
          await(busy);
        };
    rig.hears(slow).restarts(Optional.empty());
    reads(GuestRam.UNMAPPED, ONE_ACCESS);
    assertThat(taken.poll(10, TimeUnit.SECONDS)).isNotNull();

    // when: more come than the kernel keeps
    for (int i = 0; i < 3; i++) {
      reads(GuestRam.UNMAPPED + (long) i * WHOLE_BUFFER, WHOLE_BUFFER);
    }
    busy.countDown();

    // then
    List<ReportFaults> reports = drain(taken);
    assertThat(records(reports)).hasSizeGreaterThanOrEqualTo(DeviceSteps.VEVENTQ_DEPTH);
    assertThat(lost(reports)).isPositive();
    reads(GuestRam.UNMAPPED, ONE_ACCESS);
    List<ReportFaults> later = drain(taken);
    assertThat(records(later)).isNotEmpty();
    assertThat(lost(later)).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
  }
}
