package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.lint.Finding;
import io.vsmmu.projections.lint.FindingReport;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.lint.Severity;
import io.vsmmu.projections.lint.WholeLogFindings;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class FindingsTest {

  private static final int SID = 0x900;

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void a_guests_bypass_ste_is_a_window_from_enabling_to_its_translating_ste() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0");
    script.configure(SID, LogScript.BYPASS_STE).hostDone();
    script.enable(SteFetch.read(SID, LogScript.BYPASS_STE));
    long redriven = script.lastPosition();
    script.hostDone().configure(SID, LogScript.TRANSLATE_STE);
    long translated = script.lastPosition();
    script.hostDone();

    Finding window = only(script, Rule.BYPASS_WHILE_ENABLED);

    assertThat(window.from()).isEqualTo(redriven);
    assertThat(window.to()).isEqualTo(translated);
    assertThat(window.sid()).isEqualTo("0x900");
    assertThat(window.cause()).isEqualTo("GUEST_STE");
    assertThat(window.text()).contains("0b100", "reserved memory region");
    assertThat(window.evidence()).containsExactly(redriven - 1, redriven, translated);
  }

  @Test
  void a_window_stays_open_until_the_smmu_is_disabled_or_the_log_ends() {
    LogScript script = LogScript.started(database).enable();
    script.configure(7, LogScript.BYPASS_STE);
    long from = script.lastPosition();
    assertThat(only(script, Rule.BYPASS_WHILE_ENABLED).to()).isNull();

    script.write(Register.CR0, 0xc);
    long disabled = script.lastPosition();

    Finding window = only(script, Rule.BYPASS_WHILE_ENABLED);
    assertThat(window.from()).isEqualTo(from);
    assertThat(window.to()).isEqualTo(disabled);
  }

  @Test
  void windows_of_several_boots_are_one_finding_for_each_stream_and_cause() {
    LogScript script = LogScript.started(database).enable();
    long first = 0;
    long lastBegin = 0;
    for (int boot = 0; boot < 6; boot++) {
      script.configure(7, LogScript.BYPASS_STE).configure(8, LogScript.BYPASS_STE);
      lastBegin = script.lastPosition();
      first = boot == 0 ? lastBegin : first;
      script.configure(7, LogScript.TRANSLATE_STE);
      if (boot < 5) {
        script.configure(8, LogScript.TRANSLATE_STE);
      }
    }

    List<Finding> windows = of(script, Rule.BYPASS_WHILE_ENABLED);

    assertThat(windows).extracting(Finding::sid).containsExactlyInAnyOrder("0x7", "0x8");
    assertThat(windows).extracting(Finding::count).containsOnly(6L);
    Finding open = windows.getLast();
    assertThat(open.sid()).isEqualTo("0x8");
    assertThat(open.from()).isEqualTo(first);
    assertThat(open.to()).isNull();
    assertThat(open.text()).contains("(6 times)");
    assertThat(open.evidence()).contains(first, lastBegin).hasSizeLessThan(16);
    assertThat(windows.getFirst().to()).isNotNull();
  }

  @Test
  void bypass_while_the_smmu_is_disabled_is_no_finding() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0");
    script.configure(SID, LogScript.BYPASS_STE).hostDone();

    assertThat(of(script, Rule.BYPASS_WHILE_ENABLED)).isEmpty();
  }

  /** Such a stream aborts today, but a log of an earlier version with a bypass must be reported. */
  @Test
  void a_bypass_that_results_from_gbpa_has_a_cause_of_its_own() {
    LogScript script = LogScript.started(database).enable();
    script.record(
        new StreamConfigured(
            SID,
            StreamBehaviour.BYPASS,
            StreamBehaviour.BYPASS,
            StreamTableEntry.ofTwoWords(0, 0),
            Completeness.FULL,
            StreamConfigured.Reason.SMMU_ENABLED,
            -1,
            0,
            0,
            false,
            0,
            0,
            0));

    assertThat(only(script, Rule.BYPASS_WHILE_ENABLED).cause()).isEqualTo("GBPA");
  }

  @Test
  void a_host_that_cannot_leave_bypass_nor_abort_keeps_the_window_open() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0");
    script.enable(SteFetch.read(SID, LogScript.BYPASS_STE)).hostDone();
    script.configure(SID, LogScript.TRANSLATE_STE);
    script.hostDone(LogScript.operation(Kind.ATTACH, 0, SID, 0, 16));

    List<Finding> windows = of(script, Rule.BYPASS_WHILE_ENABLED);

    assertThat(windows).extracting(Finding::cause).containsExactly("GUEST_STE", "HOST");
    assertThat(windows.getLast().to()).isNull();
    Finding failure = only(script, Rule.HOST_FAILURE);
    assertThat(failure.severity()).isEqualTo(Severity.ERROR);
    assertThat(failure.text()).contains("ATTACH", "16");
  }

  @Test
  void calls_of_a_recorded_vmm_that_failed_are_found_with_the_errno_that_the_trace_has() {
    LogScript script = new LogScript(database).create(Origin.QEMU_TRACE).queues();
    script.act(
        new Stimulus.ObserveHostCalls(
            List.of(
                new RecordedHostCall("iommufd_backend_map_dma", "iova=0x10000000", 0, -1, 3),
                new RecordedHostCall("iommufd_backend_map_dma", "iova=0x10020000", 0, -1, 4),
                new RecordedHostCall("iommufd_backend_unmap_dma_non_exist", "", 0, -1, 5),
                new RecordedHostCall("iommufd_backend_alloc_hwpt", "", 0, 0, 6),
                new RecordedHostCall("iommufd_backend_invalidate_cache", "", 1, -5, 7))));

    List<Finding> failures = of(script, Rule.HOST_FAILURE);

    assertThat(failures)
        .extracting(Finding::cause)
        .containsExactlyInAnyOrder("iommufd_backend_map_dma", "iommufd_backend_invalidate_cache");
    Finding mapping =
        failures.stream().filter(it -> it.text().contains("map_dma")).findFirst().orElseThrow();
    assertThat(mapping.count()).isEqualTo(2);
    assertThat(mapping.severity()).isEqualTo(Severity.WARNING);
    assertThat(mapping.text()).contains("errno is not recorded", "line 3").doesNotContain("EPERM");
    Finding refused =
        failures.stream().filter(it -> it.text().contains("EIO")).findFirst().orElseThrow();
    assertThat(refused.severity()).isEqualTo(Severity.ERROR);
    assertThat(refused.evidence()).contains(script.lastPosition());
  }

  @Test
  void a_refused_command_and_doorbells_before_its_acknowledgement() {
    LogScript script = LogScript.started(database).refusedCommand();
    long refused = script.lastPosition();
    script.commands(LogScript.sync(), LogScript.sync(), LogScript.sync());
    long rang = script.lastPosition();
    script.acknowledge();

    assertThat(only(script, Rule.COMMAND_REFUSED).from()).isEqualTo(refused);
    assertThat(only(script, Rule.COMMAND_REFUSED).text()).contains("TLBI_EL2_ALL");
    Finding ignored = only(script, Rule.COMMANDS_AFTER_ERROR);
    assertThat(ignored.evidence()).containsExactly(refused, rang);
    assertThat(ignored.to()).isEqualTo(script.lastPosition());
  }

  @Test
  void an_inconsistent_cmdq_prod_is_reported_once_and_consumes_nothing() {
    LogScript script = LogScript.started(database);
    script.act(new Stimulus.ConsumeCommands(0x102, List.of(), List.of(), List.of(), false));
    long rang = script.lastPosition();
    script.act(new Stimulus.ConsumeCommands(0x102, List.of(), List.of(), List.of(), false));

    Finding finding = only(script, Rule.INCONSISTENT_PROD);
    assertThat(finding.from()).isEqualTo(rang);
    assertThat(finding.text()).contains("0x102", "256 entries");
    assertThat(script.state().commandQueue().fetched()).isZero();
  }

  @Test
  void a_write_to_guest_memory_that_failed_is_an_error() {
    LogScript script = LogScript.started(database);
    script.act(new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR));

    Finding finding = only(script, Rule.WRITE_ABORTED);
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.cause()).isEqualTo("EVENTQ_ABT_ERR");
  }

  @Test
  void a_configuration_of_a_stream_without_a_device_is_reported_once() {
    LogScript script = LogScript.started(database).enable();
    script.configure(5, LogScript.TRANSLATE_STE).configure(5, LogScript.BYPASS_STE);

    Finding finding = only(script, Rule.CFGI_WITHOUT_DEVICE);

    assertThat(finding.sid()).isEqualTo("0x5");
    assertThat(finding.text()).contains("2 times");
  }

  @Test
  void lost_faults_are_a_blind_interval() {
    LogScript script = LogScript.started(database);
    script.act(new Stimulus.ReportFaults(List.of(), 0));
    long from = script.lastPosition();
    script.act(new Stimulus.ReportFaults(List.of(), 9));

    Finding blind = only(script, Rule.LOST_FAULTS);
    assertThat(blind.from()).isEqualTo(from);
    assertThat(blind.to()).isEqualTo(script.lastPosition());
  }

  @Test
  void losses_of_faults_are_one_finding_with_all_that_was_lost() {
    LogScript script = LogScript.started(database);
    for (int lost : new int[] {0, 9, 0, 4}) {
      script.act(new Stimulus.ReportFaults(List.of(), lost));
    }

    Finding losses = only(script, Rule.LOST_FAULTS);

    assertThat(losses.count()).isEqualTo(2);
    assertThat(losses.text()).contains("13 fault records");
    assertThat(losses.to()).isEqualTo(script.lastPosition());
  }

  @Test
  void a_recording_tells_of_single_invalidations_other_reads_and_a_missing_end() {
    LogScript script = translatingRecording();
    for (int i = 0; i < 10; i++) {
      script
          .commands(LogScript.tlbi(1, 0x1000L * i), LogScript.tlbi(1, 0x2000L), LogScript.sync())
          .hostDone();
      script.act(
          new Stimulus.ObserveHostCalls(
              List.of(
                  new RecordedHostCall("iommufd_backend_invalidate_cache", "", 1, 0, 2L * i + 1),
                  new RecordedHostCall("iommufd_backend_invalidate_cache", "", 1, 0, 2L * i + 2))));
    }
    script.act(new Stimulus.ObserveReads(List.of(new RegisterRead(0x20, 4, 0x1))));

    assertThat(only(script, Rule.UNBATCHED_INVALIDATIONS).text()).contains("20 of 20", "10 calls");
    Finding read = only(script, Rule.DIFFERENT_REGISTER_READ);
    assertThat(read.text()).contains("CR0 read as 0x1 where this model has 0xd");
    assertThat(of(script, Rule.PART_OF_LOG)).hasSize(1);

    script.act(new Stimulus.FinishRecording(true, ""));
    assertThat(of(script, Rule.PART_OF_LOG)).isEmpty();
  }

  private static LogScript translatingRecording() {
    return new LogScript(database)
        .create(Origin.QEMU_TRACE)
        .queues()
        .attach(SID, "0000:01:00.0")
        .enable(SteFetch.read(SID, LogScript.TRANSLATE_STE))
        .hostDone();
  }

  @Test
  void a_guest_that_batches_nothing_is_no_reason_to_tell_of_single_invalidations() {
    LogScript script = translatingRecording();
    for (int i = 0; i < 10; i++) {
      script.commands(LogScript.tlbi(1, 0x1000L * i), LogScript.sync()).hostDone();
      script.act(
          new Stimulus.ObserveHostCalls(
              List.of(new RecordedHostCall("iommufd_backend_invalidate_cache", "", 1, 0, i + 1L))));
    }

    assertThat(of(script, Rule.UNBATCHED_INVALIDATIONS)).isEmpty();
  }

  @Test
  void a_stream_whose_device_was_taken_away_has_no_window() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0");
    script.enable(SteFetch.read(SID, LogScript.TRANSLATE_STE)).hostDone();
    script.configure(SID, LogScript.BYPASS_STE).hostDone();
    script.act(new Stimulus.DetachDevice(SID));

    assertThat(only(script, Rule.BYPASS_WHILE_ENABLED).to()).isNotNull();
  }

  @Test
  void findings_of_a_rule_are_bounded_and_the_rest_is_counted() {
    LogScript script = LogScript.started(database).enable();
    for (int sid = 0; sid < FindingReport.MOST_PER_RULE + 5; sid++) {
      script.configure(sid, LogScript.TRANSLATE_STE);
    }

    FindingReport report = WholeLogFindings.of(database.log(), script.vsmmu());

    assertThat(report.findings()).hasSize(FindingReport.MOST_PER_RULE);
    assertThat(report.beyond()).containsEntry(Rule.CFGI_WITHOUT_DEVICE, 5L);
  }

  @Test
  void an_orderly_guest_has_no_findings() {
    LogScript script =
        LogScript.started(database)
            .attach(SID, "0000:01:00.0")
            .enable(SteFetch.read(SID, LogScript.TRANSLATE_STE))
            .hostDone()
            .invalidations(10);

    assertThat(WholeLogFindings.of(database.log(), script.vsmmu()).findings()).isEmpty();
  }

  private static Finding only(LogScript script, Rule rule) {
    assertThat(of(script, rule)).hasSize(1);
    return of(script, rule).getFirst();
  }

  private static List<Finding> of(LogScript script, Rule rule) {
    return WholeLogFindings.of(database.log(), script.vsmmu()).findings().stream()
        .filter(f -> f.rule() == rule)
        .toList();
  }
}
