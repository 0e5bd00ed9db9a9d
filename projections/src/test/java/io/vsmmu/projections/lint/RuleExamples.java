package io.vsmmu.projections.lint;

import io.vsmmu.projections.LogScript;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * For each rule a small log in which it finds something, and a similar one in which it does not.
 * The switches have no default: a rule without examples does not compile.
 */
final class RuleExamples {

  static final int SID = 0x900;
  static final StreamTableEntry INVALID_STE = StreamTableEntry.ofTwoWords(0, 0);

  /** V = 1, Config = 0b000. */
  static final StreamTableEntry ABORT_STE = StreamTableEntry.ofTwoWords(0x1, 0);

  /** Translates, with EATS = 1. */
  static final StreamTableEntry ATS_STE =
      StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a | (1L << 28));

  /** Translates with 16 CDs; transactions without a SubstreamID bypass stage 1 (S1DSS = 0b01). */
  static final StreamTableEntry S1DSS_BYPASS_STE =
      StreamTableEntry.ofTwoWords((4L << 59) | 0x1_0000_000bL, 0x29);

  private static final String DEVICE = "0000:01:00.0";
  private static final int EBUSY = 16;

  private RuleExamples() {}

  /** A log that violates the rule. */
  static LogScript violating(Rule rule) {
    return switch (rule) {
      case BYPASS_WHILE_ENABLED -> started().enable().configure(7, LogScript.BYPASS_STE);
      case STE_UPDATE_WINDOW ->
          configured(configured(translating(), INVALID_STE), LogScript.TRANSLATE_STE);
      case STE_CHANGED_WITHOUT_CFGI -> disabled().enable(SteFetch.read(SID, LogScript.BYPASS_STE));
      case COMMAND_REFUSED -> started().refusedCommand();
      case COMMANDS_AFTER_ERROR ->
          started().refusedCommand().commands(LogScript.sync(), LogScript.sync());
      case INCONSISTENT_PROD -> doorbell(started(), 0x102);
      case COMMAND_WITHOUT_SYNC -> started().commands(LogScript.tlbi(1, 0x1000)).enable();
      case TRANSLATION_CHANGED_WITHOUT_TLBI ->
          translated(translated(recording(), 0x4600_0000L), 0x4700_0000L);
      case FAULT_AFTER_INVALIDATION ->
          faults(invalidated(translating(), 1, 0x1000), translationFault(0x1000));
      case MISSING_ATC_INV -> withAts(false);
      case SSID_BEYOND_S1CDMAX ->
          withSubstreams(LogScript.TRANSLATE_STE)
              .commands(new ConfigInvalidation.Cd(SID, false, 5, true), LogScript.sync());
      case CFGI_WITHOUT_DEVICE -> started().enable().configure(5, LogScript.TRANSLATE_STE);
      case STREAM_BEYOND_TABLE ->
          started()
              .attach(SID, DEVICE)
              .write(Register.STRTAB_BASE_CFG, 4)
              .enable(SteFetch.failed(SID, SteFetch.Outcome.OUT_OF_TABLE));
      case UNALIGNED_BASE -> commandQueueAt(created(Origin.LIVE), 0x5000_0100L);
      case LEFTOVER_STATE -> commandQueueAt(started().write(Register.CR0, 0), 0x7000_0000L);
      case FAULT -> faults(started(), translationFault(0x1000));
      case FAULT_STORM -> storm(LintLimits.STORM_RECORDS);
      case BAD_CD_WITH_S1DSS_BYPASS ->
          faults(withSubstreams(S1DSS_BYPASS_STE), EventRecord.of(EventType.C_BAD_CD, SID));
      case LOST_FAULTS -> started().act(new Stimulus.ReportFaults(List.of(), 9));
      case RECORDS_NOT_DELIVERED -> faults(created(Origin.LIVE), translationFault(0x1000));
      case WRITE_ABORTED -> started().act(new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR));
      case TLBI_STORM -> run(LintLimits.TLBI_RUN + 1);
      case SPLIT_RANGE_INVALIDATION ->
          started().commands(range(0x10000, 0, 0), range(0x11000, 0, 5), LogScript.sync());
      case INVALIDATION_COST -> started().invalidations(LintLimits.COST_INVALIDATIONS / 2);
      case HOST_FAILURE ->
          started()
              .attach(SID, DEVICE)
              .enable(SteFetch.read(SID, LogScript.TRANSLATE_STE))
              .hostDone(LogScript.operation(Kind.ATTACH, 0, SID, 0, EBUSY));
      case BLIND_INTERVAL -> hardwareQueue();
      case HWPT_LEAK -> leaked(0);
      case UNBATCHED_INVALIDATIONS -> calls(2);
      case DIFFERENT_REGISTER_READ ->
          recording().act(new Stimulus.ObserveReads(List.of(new RegisterRead(0x20, 4, 0x1))));
      case DIFFERENT_VERDICT -> consumedTlbiEl2(CommandError.CERROR_NONE);
      case PARTIAL_RECORDING ->
          recording().act(new Stimulus.FinishRecording(false, "the VMM was killed"));
      case PART_OF_LOG -> recording();
    };
  }

  /** A log without a violation of the rule, which is close to one. */
  static LogScript orderly(Rule rule) {
    return switch (rule) {
      case BYPASS_WHILE_ENABLED -> started().enable().configure(7, LogScript.TRANSLATE_STE);
      case STE_UPDATE_WINDOW ->
          configured(configured(translating(), ABORT_STE), LogScript.TRANSLATE_STE);
      case STE_CHANGED_WITHOUT_CFGI ->
          configured(disabled(), LogScript.BYPASS_STE)
              .enable(SteFetch.read(SID, LogScript.BYPASS_STE));
      case COMMAND_REFUSED -> started().commands(LogScript.sync());
      case COMMANDS_AFTER_ERROR ->
          started().refusedCommand().acknowledge().commands(LogScript.sync());
      case INCONSISTENT_PROD -> doorbell(started(), 0x100);
      case COMMAND_WITHOUT_SYNC ->
          started().commands(LogScript.tlbi(1, 0x1000)).commands(LogScript.sync()).enable();
      case TRANSLATION_CHANGED_WITHOUT_TLBI ->
          translated(
              translated(recording(), 0x4600_0000L)
                  .commands(LogScript.tlbi(1, 0xffff_f000L), LogScript.sync()),
              0x4700_0000L);
      case FAULT_AFTER_INVALIDATION ->
          faults(invalidated(translating(), 1, 0x1000), translationFault(0x9000));
      case MISSING_ATC_INV -> withAts(true);
      case SSID_BEYOND_S1CDMAX ->
          withSubstreams(S1DSS_BYPASS_STE)
              .commands(new ConfigInvalidation.Cd(SID, false, 5, true), LogScript.sync());
      case CFGI_WITHOUT_DEVICE -> configured(translating(), LogScript.BYPASS_STE);
      case STREAM_BEYOND_TABLE, HOST_FAILURE, FAULT -> translating();
      case UNALIGNED_BASE -> commandQueueAt(created(Origin.LIVE), 0x5000_1000L);
      case LEFTOVER_STATE ->
          commandQueueAt(started().act(new Stimulus.Reset(Stimulus.ResetSource.VMM)), 0x7000_0000L);
      case FAULT_STORM -> storm(LintLimits.STORM_RECORDS - 1);
      case BAD_CD_WITH_S1DSS_BYPASS ->
          faults(translating(), EventRecord.of(EventType.C_BAD_CD, SID));
      case LOST_FAULTS -> faults(started(), translationFault(0x1000));
      case RECORDS_NOT_DELIVERED -> faults(started(), translationFault(0x1000));
      case WRITE_ABORTED, BLIND_INTERVAL -> started();
      case TLBI_STORM -> run(LintLimits.TLBI_RUN);
      case SPLIT_RANGE_INVALIDATION ->
          started().commands(range(0x10000, 0, 4), range(0x20000, 0, 5), LogScript.sync());
      case INVALIDATION_COST -> started().invalidations(LintLimits.COST_INVALIDATIONS / 2 - 1);
      case HWPT_LEAK -> leaked(1);
      case UNBATCHED_INVALIDATIONS -> calls(1);
      case DIFFERENT_REGISTER_READ ->
          recording().act(new Stimulus.ObserveReads(List.of(new RegisterRead(0x20, 4, 0xd))));
      case DIFFERENT_VERDICT -> consumedTlbiEl2(CommandError.CERROR_ILL);
      case PARTIAL_RECORDING -> recording();
      case PART_OF_LOG -> recording().act(new Stimulus.FinishRecording(true, ""));
    };
  }

  static LogScript created(Origin origin) {
    return LogScript.inMemory().create(origin);
  }

  static LogScript started() {
    return created(Origin.LIVE).queues();
  }

  static LogScript recording() {
    return created(Origin.QEMU_TRACE).queues().enable();
  }

  /** A vSMMU with a device whose stream translates. */
  static LogScript translating() {
    return started()
        .attach(SID, DEVICE)
        .enable(SteFetch.read(SID, LogScript.TRANSLATE_STE))
        .hostDone();
  }

  private static LogScript disabled() {
    return translating().write(Register.CR0, 0xc).hostDone();
  }

  /** CMD_CFGI_STE of the device's stream, which the host carries out. */
  static LogScript configured(LogScript script, StreamTableEntry ste) {
    script.configure(SID, ste);
    return done(script);
  }

  static LogScript done(LogScript script) {
    while (script.waits()) {
      script.hostDone();
    }
    return script;
  }

  static LogScript invalidated(LogScript script, int asid, long address) {
    return done(script.commands(LogScript.tlbi(asid, address), LogScript.sync()));
  }

  static LogScript faults(LogScript script, EventRecord... records) {
    return script.act(new Stimulus.ReportFaults(List.of(records), 0));
  }

  static EventRecord translationFault(long address) {
    return EventRecord.of(EventType.F_TRANSLATION, SID)
        .with(EventFields.CLASS, 2)
        .withAddress(EventFields.INPUT_ADDR, address);
  }

  static LogScript translated(LogScript script, long page) {
    return script.act(new Stimulus.ObserveTranslation(SID, 1, 0xffff_f010L, page + 0x10));
  }

  private static LogScript doorbell(LogScript script, long prod) {
    return script.act(new Stimulus.ConsumeCommands(prod, List.of(), List.of(), List.of(), false));
  }

  private static LogScript commandQueueAt(LogScript script, long address) {
    return script.write(Register.CMDQ_BASE, address | 8).write(Register.CR0, 0x8);
  }

  private static LogScript storm(int records) {
    List<EventRecord> all = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      all.add(translationFault(0x1000L * i));
    }
    return started().act(new Stimulus.ReportFaults(all, 0));
  }

  private static LogScript run(int invalidations) {
    LogScript script = started();
    for (int i = 0; i < invalidations; i++) {
      script.commands(LogScript.tlbi(1, 0x1000L * i));
    }
    return script.commands(LogScript.sync());
  }

  static SmmuCommand range(long address, int num, int scale) {
    return new TlbInvalidation.Va(
        CommandOpcode.TLBI_NH_VA,
        0,
        1,
        new InvalidationRange(address, true, 1, 3, false, scale, num));
  }

  private static LogScript withAts(boolean invalidates) {
    IdRegisters ids = LogScript.IDS.withAts(true);
    LogScript script = attached(ids).enable(SteFetch.read(SID, ATS_STE)).hostDone();
    for (int i = 0; i < LintLimits.ATS_SYNCS; i++) {
      invalidated(script, 1, 0x1000L * i);
      if (invalidates) {
        script.commands(
            new AtsCommand.AtcInvalidate(SID, false, 0, false, 0, 0x1000L * i), LogScript.sync());
        done(script);
      }
    }
    return script;
  }

  static LogScript withSubstreams(StreamTableEntry ste) {
    return attached(LogScript.IDS.withSsidSize(16)).enable(SteFetch.read(SID, ste)).hostDone();
  }

  private static LogScript attached(IdRegisters ids) {
    HostDevice device = new HostDevice(DEVICE, "smmu3.0", SID, ids, true);
    return LogScript.inMemory()
        .act(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids))
        .queues()
        .act(new Stimulus.AttachDevice(SID, device, OnOffAuto.AUTO, ids, SteFetch.unknown(SID)));
  }

  private static LogScript hardwareQueue() {
    LogScript script =
        LogScript.inMemory()
            .act(
                new Stimulus.Create(
                    Origin.LIVE,
                    Durability.COMMITTED,
                    VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
                    LogScript.IDS))
            .queues()
            .act(new Stimulus.MapMemory(0x4000_0000L, 1 << 30, true, true, MemorySharing.FILE))
            .attach(SID, DEVICE)
            .act(new Stimulus.AllocateHardwareQueue(0, 0x4000_0000L, 0x1000));
    long handle = script.state().hardwareQueues().getLast().handle();
    return script.hostDone(LogScript.operation(Kind.ALLOC_HW_QUEUE, handle, -1, 30, 0));
  }

  /** A stream leaves its HWPT, which is freed or not. */
  private static LogScript leaked(int freed) {
    LogScript script = translating();
    long hwpt = script.state().stream(SID).orElseThrow().hwpt();
    return script.record(
        new StreamConfigured(
            SID,
            StreamBehaviour.BYPASS,
            StreamBehaviour.BYPASS,
            LogScript.BYPASS_STE,
            Completeness.FULL,
            StreamConfigured.Reason.CFGI_STE,
            0,
            0,
            script.state().hostHandles().bypassProxy(),
            false,
            0,
            0,
            freed * hwpt));
  }

  /** Doorbells with two invalidations, for which the recorded host made some calls. */
  private static LogScript calls(int calls) {
    LogScript script =
        created(Origin.QEMU_TRACE)
            .queues()
            .attach(SID, DEVICE)
            .enable(SteFetch.read(SID, LogScript.TRANSLATE_STE))
            .hostDone();
    for (int i = 0; i < 10; i++) {
      script.commands(LogScript.tlbi(1, 0x1000L * i), LogScript.tlbi(1, 0x2000L), LogScript.sync());
      done(script);
      List<RecordedHostCall> made = new ArrayList<>();
      for (int call = 0; call < calls; call++) {
        made.add(
            new RecordedHostCall(
                "iommufd_backend_invalidate_cache", "", 2 / calls, 0, 2L * i + call + 1));
      }
      script.act(new Stimulus.ObserveHostCalls(made));
    }
    return script;
  }

  private static LogScript consumedTlbiEl2(CommandError recorded) {
    CommandEntry entry = new TlbInvalidation.All(CommandOpcode.TLBI_EL2_ALL, 0).encode();
    return recording()
        .act(
            new Stimulus.ConsumeCommands(
                1,
                List.of(entry),
                List.of(),
                List.of(),
                false,
                Optional.of(new RecordedConsumption(0, recorded))));
  }
}
