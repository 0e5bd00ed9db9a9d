package io.vsmmu.projections.lint;

import static io.vsmmu.projections.lint.RuleExamples.INVALID_STE;
import static io.vsmmu.projections.lint.RuleExamples.SID;
import static io.vsmmu.projections.lint.RuleExamples.configured;
import static io.vsmmu.projections.lint.RuleExamples.done;
import static io.vsmmu.projections.lint.RuleExamples.faults;
import static io.vsmmu.projections.lint.RuleExamples.invalidated;
import static io.vsmmu.projections.lint.RuleExamples.recording;
import static io.vsmmu.projections.lint.RuleExamples.started;
import static io.vsmmu.projections.lint.RuleExamples.translated;
import static io.vsmmu.projections.lint.RuleExamples.translating;
import static io.vsmmu.projections.lint.RuleExamples.translationFault;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.LogScript;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a rule reports for the cases between a violation and order. */
class RuleSoundnessTest {

  private static final EventRecord BAD_STE = EventRecord.of(EventType.C_BAD_STE, SID);
  private static final long SECOND = 1_000_000;

  @Test
  void a_window_with_terminated_transactions_is_a_warning_with_its_length_and_their_number() {
    LogScript script = configured(translating(), INVALID_STE);
    faults(script.later(2500), BAD_STE, BAD_STE);
    configured(script, LogScript.TRANSLATE_STE);
    // One more record was on its way.
    faults(script, BAD_STE);
    faults(script.later(SECOND), BAD_STE);

    Finding window = only(script, Rule.STE_UPDATE_WINDOW);

    assertThat(window.severity()).isEqualTo(Severity.WARNING);
    assertThat(window.cause()).isEqualTo("FAULTS");
    assertThat(window.sid()).isEqualTo("0x900");
    assertThat(window.text()).contains(" ms", "3 of its transactions", "C_BAD_STE");
  }

  @Test
  void a_window_without_a_record_is_an_info_and_several_are_one_finding() {
    LogScript script = translating();
    for (int i = 0; i < 50; i++) {
      configured(configured(script, INVALID_STE), LogScript.TRANSLATE_STE);
    }

    Finding window = only(script, Rule.STE_UPDATE_WINDOW);

    assertThat(window.severity()).isEqualTo(Severity.INFO);
    assertThat(window.count()).isEqualTo(50);
  }

  @Test
  void a_device_that_is_released_and_taken_again_has_no_update_window() {
    LogScript script = configured(translating(), INVALID_STE).later(2 * SECOND);
    configured(script, LogScript.TRANSLATE_STE);
    // A stream that was on abort has no transactions to lose.
    configured(script, RuleExamples.ABORT_STE);
    configured(configured(script, INVALID_STE), LogScript.TRANSLATE_STE);
    // Nor one whose device leaves.
    configured(script, INVALID_STE).act(new Stimulus.DetachDevice(SID));

    assertThat(of(script, Rule.STE_UPDATE_WINDOW)).isEmpty();
  }

  @Test
  void an_ste_that_was_never_in_use_may_change_without_a_cfgi() {
    LogScript script = started().attach(SID, "0000:01:00.0");
    configured(script, LogScript.BYPASS_STE);
    script.enable(SteFetch.read(SID, LogScript.TRANSLATE_STE));

    assertThat(of(script, Rule.STE_CHANGED_WITHOUT_CFGI)).isEmpty();
  }

  @Test
  void a_reset_forgets_what_was_cached() {
    LogScript script = translating();
    script.act(new Stimulus.Reset(Stimulus.ResetSource.VMM)).queues();
    script.enable(SteFetch.read(SID, LogScript.BYPASS_STE));

    assertThat(of(script, Rule.STE_CHANGED_WITHOUT_CFGI)).isEmpty();
    assertThat(of(script, Rule.LEFTOVER_STATE)).isEmpty();
  }

  @Test
  void a_long_list_of_invalidations_in_parts_needs_one_sync_at_its_end() {
    LogScript script = translating();
    for (int i = 0; i < 20; i++) {
      done(script.commands(LogScript.tlbi(1, 0x1000L * i)).later(SECOND));
    }
    done(script.commands(LogScript.sync()));
    faults(script, translationFault(0xf000_0000L));

    assertThat(of(script, Rule.COMMAND_WITHOUT_SYNC)).isEmpty();
  }

  @Test
  void a_stream_that_is_used_long_after_its_cfgi_without_a_sync_is_reported() {
    LogScript script = translating();
    done(
        script.commands(
            List.of(SteFetch.read(SID, RuleExamples.ATS_STE)),
            new ConfigInvalidation.Ste(SID, false, true)));
    faults(script, translationFault(0x1000));
    assertThat(of(script, Rule.COMMAND_WITHOUT_SYNC)).as("it may be from before").isEmpty();

    faults(script.later(SECOND), translationFault(0x1000));

    Finding used = only(script, Rule.COMMAND_WITHOUT_SYNC);
    assertThat(used.cause()).isEqualTo("USED");
    assertThat(used.text()).contains("CFGI_STE");
  }

  @Test
  void commands_that_are_never_synchronised_are_an_info() {
    LogScript script = started().commands(LogScript.tlbi(1, 0x1000));
    script.later(20 * SECOND).write(Register.IRQ_CTRL, 0);

    Finding never = only(script, Rule.COMMAND_WITHOUT_SYNC);

    assertThat(never.cause()).isEqualTo("NEVER");
    assertThat(never.severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void a_log_with_a_gap_says_nothing_about_the_absence_of_commands() {
    LogScript script = recording().write(Register.CR0, 0xc);
    script.commands(LogScript.tlbi(1, 0x1000)).enable();
    assertThat(of(script, Rule.COMMAND_WITHOUT_SYNC)).hasSize(1);

    // The recording skips an entry of the queue, which may have been the CMD_SYNC.
    CommandEntry sync = LogScript.sync().encode();
    script.act(
        new Stimulus.ConsumeCommands(
            9,
            List.of(sync),
            List.of(),
            List.of(),
            false,
            Optional.of(new RecordedConsumption(8, CommandError.CERROR_NONE))));

    assertThat(of(script, Rule.COMMAND_WITHOUT_SYNC)).isEmpty();
  }

  @Test
  void an_incomplete_recording_says_nothing_about_the_absence_of_commands() {
    LogScript script = translated(translated(recording(), 0x4600_0000L), 0x4700_0000L);
    assertThat(only(script, Rule.TRANSLATION_CHANGED_WITHOUT_TLBI).cause()).isEqualTo("NO_TLBI");

    script.act(new Stimulus.FinishRecording(false, "lines could not be attributed"));

    assertThat(of(script, Rule.TRANSLATION_CHANGED_WITHOUT_TLBI)).isEmpty();
  }

  @Test
  void an_address_that_is_mapped_again_before_the_sync_is_reported() {
    LogScript script = translated(recording(), 0x4600_0000L);
    script.commands(LogScript.tlbi(1, 0xffff_f000L));
    translated(script, 0x4700_0000L).commands(LogScript.sync());

    assertThat(only(script, Rule.TRANSLATION_CHANGED_WITHOUT_TLBI).cause()).isEqualTo("NO_SYNC");
  }

  @Test
  void another_context_descriptor_may_translate_an_address_differently() {
    LogScript script = translated(recording(), 0x4600_0000L);
    script.commands(new ConfigInvalidation.Cd(SID, false, 0, true), LogScript.sync());
    translated(script, 0x4700_0000L);

    assertThat(of(script, Rule.TRANSLATION_CHANGED_WITHOUT_TLBI)).isEmpty();
  }

  @Test
  void a_fault_on_an_invalidated_address_names_the_invalidation() {
    LogScript script = invalidated(translating(), 3, 0x7000);
    long invalidation = script.lastPosition() - 1;
    faults(script, translationFault(0x7abc));

    Finding fault = only(script, Rule.FAULT_AFTER_INVALIDATION);

    assertThat(fault.text()).contains("0x7abc", "ASID 3", "TLBI_NH_VA");
    assertThat(fault.evidence()).contains(invalidation);
  }

  @Test
  void a_substream_that_a_device_uses_beyond_the_table_is_a_warning() {
    LogScript script = RuleExamples.withSubstreams(RuleExamples.S1DSS_BYPASS_STE);
    faults(
        script,
        EventRecord.of(EventType.C_BAD_SUBSTREAMID, SID).with(EventFields.SUBSTREAM_ID, 16));

    Finding beyond = only(script, Rule.SSID_BEYOND_S1CDMAX);

    assertThat(beyond.severity()).isEqualTo(Severity.WARNING);
    assertThat(beyond.text()).contains("0x10", "S1CDMax is 4", "16 CDs");
  }

  @Test
  void a_storm_says_how_many_faults_and_what_ats_is() {
    LogScript script = translating();
    for (int i = 0; i < LintLimits.STORM_RECORDS; i++) {
      faults(script, translationFault(0x1000));
    }

    Finding storm = only(script, Rule.FAULT_STORM);

    assertThat(storm.count()).isEqualTo(LintLimits.STORM_RECORDS);
    assertThat(storm.text()).contains("256 faults within 1.0 s", "ATS of the device: off");
  }

  @Test
  void a_refused_command_is_shown_with_its_fields() {
    LogScript script = started();
    script.commands(RuleExamples.range(0x1000, 0, 0), LogScript.sync());
    script.act(
        new Stimulus.ConsumeCommands(
            3, List.of(new CommandEntry(0x46 | (3L << 12), 0)), List.of(), List.of(), false));

    Finding refused = only(script, Rule.COMMAND_REFUSED);

    assertThat(refused.text())
        .contains("CMD_SYNC with reserved CS 3", "CERROR_ILL", "CMDQ_CONS.ERR 1", "CS 0x3");
  }

  @Test
  void a_driver_that_resumes_with_its_own_queue_finds_nothing_left_over() {
    LogScript script = started().write(Register.CR0, 0).queues();

    assertThat(of(script, Rule.LEFTOVER_STATE)).isEmpty();
  }

  @Test
  void the_guest_of_another_vmm_process_finds_what_the_one_before_left() {
    LogScript script = LogScript.inMemory().create(Origin.LIVE);
    script.act(new Stimulus.ConnectVmm(100, 0)).queues().enable();
    script.act(new Stimulus.DisconnectVmm("it ended"));
    LogScript again = script.act(new Stimulus.ConnectVmm(100, 0)).write(Register.CR0, 0xd);
    assertThat(of(again, Rule.LEFTOVER_STATE)).as("the same process").isEmpty();

    script.act(new Stimulus.DisconnectVmm("it ended")).act(new Stimulus.ConnectVmm(200, 0));
    script.write(Register.CR0, 0).write(Register.CR0, 0x8);

    Finding left = only(script, Rule.LEFTOVER_STATE);
    assertThat(left.severity()).isEqualTo(Severity.WARNING);
    assertThat(left.cause()).isEqualTo("OTHER_VMM");
    assertThat(left.text()).contains("CR0 0xd");
  }

  @Test
  void a_guest_that_goes_on_behind_another_vmm_process_finds_its_own_state() {
    LogScript script = LogScript.inMemory().create(Origin.LIVE);
    script.act(new Stimulus.ConnectVmm(100, 0)).queues().enable();
    script.act(new Stimulus.DisconnectVmm("moved")).act(new Stimulus.ConnectVmm(200, 0));
    script.commands(LogScript.sync()).write(Register.CR0, 0);

    assertThat(of(script, Rule.LEFTOVER_STATE)).isEmpty();
  }

  @Test
  void another_vmm_process_that_resets_the_device_finds_nothing_left_over() {
    LogScript script = LogScript.inMemory().create(Origin.LIVE);
    script.act(new Stimulus.ConnectVmm(100, 0)).queues().enable();
    script.act(new Stimulus.DisconnectVmm("it ended")).act(new Stimulus.ConnectVmm(200, 0));
    script.act(new Stimulus.Reset(Stimulus.ResetSource.VMM)).queues().enable();

    assertThat(of(script, Rule.LEFTOVER_STATE)).isEmpty();
  }

  @Test
  void ten_thousand_invalidations_in_a_second_are_a_storm() {
    LogScript script = started();
    SmmuCommand[] commands = new SmmuCommand[200];
    Arrays.fill(commands, LogScript.tlbi(1, 0x1000));
    commands[199] = LogScript.sync();
    for (int i = 0; i < 60; i++) {
      script.commands(commands);
    }

    assertThat(only(script, Rule.TLBI_STORM).cause()).isEqualTo("RATE");
  }

  @Test
  void an_smmu_that_is_enabled_at_first_sight_is_reported() {
    LogScript script = LogScript.inMemory().create(Origin.QEMU_TRACE);
    script.act(new Stimulus.ObserveReads(List.of(new RegisterRead(0x20, 4, 0xd))));

    assertThat(only(script, Rule.LEFTOVER_STATE).cause()).isEqualTo("FIRST_READ");
  }

  @Test
  void ranges_that_meet_in_a_group_matter_only_on_an_mmu_700_or_an_unknown_smmu() {
    int mmu600 = 0x483 << 20 | 0x43b;
    int mmu700 = 0x487 << 20 | 0x43b;

    assertThat(of(splitOn(mmu600), Rule.SPLIT_RANGE_INVALIDATION)).isEmpty();
    assertThat(of(splitOn(mmu700), Rule.SPLIT_RANGE_INVALIDATION)).hasSize(1);
  }

  private static LogScript splitOn(int iidr) {
    HostDevice device =
        new HostDevice(
            "0000:01:00.0", "smmu3.0", SID, LogScript.IDS.withWord(IdRegister.IIDR, iidr), false);
    LogScript script =
        started()
            .act(
                new Stimulus.AttachDevice(
                    SID, device, OnOffAuto.AUTO, LogScript.IDS, SteFetch.unknown(SID)));
    return script.commands(
        RuleExamples.range(0x10000, 0, 0), RuleExamples.range(0x11000, 0, 5), LogScript.sync());
  }

  @Test
  void faults_of_a_recorded_smmu_are_in_the_lines_that_it_kept() {
    LogScript script =
        recording()
            .act(
                new Stimulus.KeepLines(
                    40,
                    List.of(
                        "smmuv3_record_event SMMU_EVT_C_BAD_STE sid=0x10",
                        "smmuv3_record_event C_BAD_STE sid=0x10",
                        "smmuv3_record_event sid=",
                        "smmuv3_record_event C_BAD_STE sid=0x123456789")));

    Finding fault = only(script, Rule.FAULT);

    assertThat(fault.cause()).isEqualTo("C_BAD_STE");
    assertThat(fault.sid()).isEqualTo("0x10");
    assertThat(fault.count()).isEqualTo(2);
  }

  @Test
  void records_that_a_full_queue_does_not_take_are_reported_with_the_cause() {
    LogScript script = started();
    for (int i = 0; i < 200; i++) {
      faults(script, translationFault(0x1000));
    }

    assertThat(only(script, Rule.RECORDS_NOT_DELIVERED).cause()).isEqualTo("OVERFLOW");
  }

  private static Finding only(LogScript script, Rule rule) {
    List<Finding> found = of(script, rule);
    assertThat(found).as(rule.name()).hasSize(1);
    return found.getFirst();
  }

  private static List<Finding> of(LogScript script, Rule rule) {
    return WholeLogFindings.of(script.stored()).findings().stream()
        .filter(finding -> finding.rule() == rule)
        .toList();
  }
}
