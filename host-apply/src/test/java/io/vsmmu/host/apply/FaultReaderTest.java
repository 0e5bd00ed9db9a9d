package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The faults of a device are read from the vEVENTQ and delivered to the consumer. */
class FaultReaderTest {

  private static final String DEVICE = "0000:01:00.0";
  private static final long F_TRANSLATION = 0x10;
  private static final int DEPTH = DeviceSteps.VEVENTQ_DEPTH;

  private final SimulatedHost host = SimulatedHost.standard();
  private final Rig rig = new Rig(host).hears();

  @AfterEach
  void close() {
    rig.close();
  }

  private void fault(long word1) {
    host.deviceFault(DEVICE, F_TRANSLATION, word1, 0, 0);
  }

  private ReportFaults next() throws InterruptedException {
    ReportFaults report = rig.faults.poll(10, TimeUnit.SECONDS);
    assertThat(report).isNotNull();
    return report;
  }

  private Rig translating() {
    return rig.attach(DEVICE).enable().installs(DEVICE, Entries.TRANSLATE);
  }

  @Test
  void a_fault_is_reported_with_the_guests_stream_id() throws Exception {
    translating();

    fault(7);

    ReportFaults report = next();
    assertThat(report.lost()).isZero();
    assertThat(report.records())
        .containsExactly(new EventRecord(F_TRANSLATION | (long) Rig.sid(DEVICE) << 32, 7, 0, 0));
  }

  @Test
  void what_the_kernel_lost_is_counted() throws Exception {
    translating();
    int received = 0;
    long lost = 0;

    int faults = 3 * DEPTH;
    for (int i = 0; i < faults; i++) {
      fault(i);
    }
    while (received + lost < faults) {
      ReportFaults report = next();
      received += report.records().size();
      lost += report.lost();
    }

    assertThat(received + lost).isEqualTo(faults);
    assertThat(received).isGreaterThanOrEqualTo(DEPTH);
  }

  @Test
  void a_queue_that_has_no_memory_for_a_moment_is_read_again() throws Exception {
    translating();
    host.faults(FaultPlan.parse("read_vevents:1:ENOMEM"));

    fault(1);

    assertThat(next().records()).hasSize(1);
  }

  @Test
  void the_faults_of_a_device_that_faults_without_end_are_reported_at_a_limited_rate() {
    assertThat(FaultReader.pauseAfter(1)).isEqualTo(Duration.ofNanos(100_000));
    assertThat(FaultReader.pauseAfter(FaultReader.RECORDS_PER_SECOND))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void nothing_is_reported_after_the_vsmmu_is_deleted() throws Exception {
    translating();
    rig.close();

    fault(1);

    assertThat(rig.faults.poll(600, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void faults_are_read_again_after_a_restart() throws Exception {
    translating().restarts(Optional.empty());

    fault(3);

    assertThat(next().records()).hasSize(1);
  }
}
