package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;
import io.vsmmu.smmu.stimulus.Stimulus.UnmapMemory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the stored payloads under {@code wire/v1} mean. Entries are added, never changed: they stand
 * for logs that exist.
 */
final class FixtureEvents {

  private static final IdRegisters EIGHT_IDS =
      new IdRegisters(0x0d44101b, 0x02730010, 3, 0x1414, 5, 0x74, 0x43b, 1);
  private static final StreamTableEntry TWO_WORDS =
      StreamTableEntry.ofTwoWords(0xf800_0001_0203_400bL, 0x2000_00d4L);
  private static final StreamTableEntry EIGHT_WORDS = StreamTableEntry.of(1, 2, 3, 4, 5, 6, 7, -1);
  private static final HostDevice DEVICE =
      new HostDevice("0000:01:00.0", "smmu3.0x8000000", 12, EIGHT_IDS, true);
  private static final HostOperation BATCH =
      new HostOperation(Kind.INVALIDATE, 0, 3, -1, 2, 62, 0, 110, 17);

  /** What logs hold that were written before there was a choice of IDR0.MSI. */
  private static final VsmmuProperties AUTO_WITHOUT_MSI =
      new VsmmuProperties(OnOffAuto.AUTO, OnOffAuto.AUTO, -1, -1, OnOffAuto.OFF);

  private FixtureEvents() {}

  /** By name. */
  static Map<String, VsmmuEvent> of(EventKind kind) {
    return switch (kind) {
      case VSMMU_CREATED -> created();
      case VSMMU_DELETED -> Map.of("deleted", new VsmmuDeleted());
      case VSMMU_RESET -> constants("source", ResetSource.values(), VsmmuReset::new);
      case VSMMU_PAUSED -> Map.of("paused", new VsmmuPaused());
      case VSMMU_RESUMED -> Map.of("resumed", new VsmmuResumed());
      case DEVICE_ATTACHED -> attached();
      case DEVICE_DETACHED ->
          Map.of(
              "with-hwpt", new DeviceDetached(0x900, 7, 8, 9, 0, Optional.empty()),
              "without-hwpt", new DeviceDetached(0xFFFF_FFFF, 1L << 40, 8, 0, 0, Optional.empty()),
              "undone", new DeviceDetached(0, 7, 8, 0, 1, Optional.of(EIGHT_IDS)),
              "undone-of-several", new DeviceDetached(0x900, 9, 10, 0, 0, Optional.of(EIGHT_IDS)));
      case IDENTITY_RESOLVED -> Map.of("eight-registers", new IdentityResolved(EIGHT_IDS));
      case REGISTER_WRITTEN -> written();
      case COMMANDS_CONSUMED -> consumed();
      case COMMAND_QUEUE_FAILED ->
          constants(
              "error",
              CommandError.values(),
              error -> new CommandQueueFailed(3, error, 0x0100_0042L, 1, "opcode 0x99"));
      case STREAM_CONFIGURED -> configured();
      case HOST_OUTCOME_REPORTED -> outcomes();
      case HOST_FAILED ->
          Map.of(
              "closed", new HostFailed(operation(Kind.ATTACH), true),
              "open", new HostFailed(BATCH, false));
      case FAULTS_REPORTED ->
          Map.of(
              "two-records",
              new FaultsReported(
                  List.of(new EventRecord(0x10, 0x900, -1, 4), new EventRecord(4, 3, 2, 1)),
                  5,
                  1,
                  0x8000_0003L),
              "only-lost",
              new FaultsReported(List.of(), 1L << 33, 0, 0));
      case REGISTER_READS_OBSERVED ->
          Map.of(
              "two-reads",
              new RegisterReadsObserved(
                  List.of(new RegisterRead(0, 4, 0x0d44101b), new RegisterRead(0x100A8, 8, -1)),
                  1));
      case HOST_CALLS_OBSERVED ->
          Map.of(
              "with-times",
              new HostCallsObserved(
                  List.of(
                      new RecordedHostCall("a", "b", 0, -1, 3, 0),
                      new RecordedHostCall("c", "d", 0, 0, 4, 128_514_110L))),
              "two-calls",
              new HostCallsObserved(
                  List.of(
                      new RecordedHostCall(
                          "iommufd_backend_invalidate_cache", "iommufd=5 id=2", 1, -22, 77),
                      new RecordedHostCall("a", "gr\u00fcn \uD83D\uDE80", 0, 0, 1L << 32))));
      case TRANSLATION_OBSERVED ->
          Map.of("stage-1", new TranslationObserved(0x900, 1, 0xffff_f000L, 0x8_0000_1000L));
      case LINES_KEPT ->
          Map.of("three-lines", new LinesKept(12, List.of("first", "", "\tthird \u00e4")));
      case INPUT_CHANGED -> Map.of("left-out", new InputChanged("without position 67"));
      case PART_IMPORTED -> {
        Map<String, VsmmuEvent> parts = new LinkedHashMap<>();
        FixtureStates.all()
            .forEach(
                (name, state) ->
                    parts.put(name, new PartImported("guest-1", 1101, 1400, 5000, state)));
        yield parts;
      }
      case RECORDING_FINISHED ->
          Map.of(
              "complete", new RecordingFinished(true, ""),
              "partial", new RecordingFinished(false, "ends within a line"));
      case PAGE_REQUESTS_REPORTED ->
          Map.of(
              "two-requests",
              new PageRequestsReported(
                  List.of(
                      new PageRequest(0x7000_0001_0000_0900L, 0xffff_f000_0000_1007L),
                      new PageRequest(1, -1)),
                  3,
                  1,
                  0x8000_0001L),
              "none-lost",
              new PageRequestsReported(List.of(), 0, 0, 0));
      case GLOBAL_ERROR_RAISED ->
          constants("error", GlobalError.values(), error -> new GlobalErrorRaised(error, 1L << 5));
      case VMM_CONNECTED ->
          Map.of(
              "peer", new VmmConnected(4711, 1000),
              "unknown", new VmmConnected(0, 0xFFFF_FFFFL));
      case VMM_DISCONNECTED ->
          Map.of(
              "reason", new VmmDisconnected("connection reset by peer"),
              "none", new VmmDisconnected(""));
      case MEMORY_MAPPED ->
          constants(
              "sharing",
              MemorySharing.values(),
              sharing ->
                  new MemoryMapped(
                      0x4000_0000L,
                      1L << 30,
                      true,
                      sharing != MemorySharing.FILE,
                      sharing,
                      sharing != MemorySharing.MESSAGES));
      case MEMORY_UNMAPPED ->
          Map.of(
              "region", new MemoryUnmapped(0x4000_0000L, 1L << 30),
              "everything", new MemoryUnmapped(0, UnmapMemory.EVERYTHING));
      case HARDWARE_QUEUE_ALLOCATED ->
          Map.of(
              "first", new HardwareQueueAllocated(0, 0x4800_0000L, 0x1_0000, 9),
              "second", new HardwareQueueAllocated(1, -0x1000L, 0x1000, 1L << 40));
      case HARDWARE_QUEUE_FREED ->
          Map.of(
              "first", new HardwareQueueFreed(0, 9), "second", new HardwareQueueFreed(1, 1L << 40));
      case HARDWARE_QUEUE_CLOSED ->
          constants(
              "reason",
              HardwareQueueClosed.Reason.values(),
              reason -> new HardwareQueueClosed(1, 1L << 40, reason));
    };
  }

  private static Map<String, VsmmuEvent> created() {
    Map<String, VsmmuEvent> events = new LinkedHashMap<>();
    events.put(
        "live-as-the-host-has-it",
        new VsmmuCreated(Origin.LIVE, Durability.COMMITTED, AUTO_WITHOUT_MSI, IdRegisters.DEFAULT));
    events.put(
        "recording-chosen",
        new VsmmuCreated(
            Origin.QEMU_TRACE,
            Durability.BOUNDED_LOSS,
            new VsmmuProperties(OnOffAuto.ON, OnOffAuto.OFF, 48, 16, OnOffAuto.OFF),
            EIGHT_IDS));
    events.put(
        "of-a-vm",
        new VsmmuCreated(
            Origin.LIVE, Durability.COMMITTED, AUTO_WITHOUT_MSI, IdRegisters.DEFAULT, "guest-1"));
    events.put(
        "blind-accepted",
        new VsmmuCreated(
            Origin.LIVE,
            Durability.COMMITTED,
            VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
            EIGHT_IDS));
    events.putAll(
        constants(
            "msi",
            OnOffAuto.values(),
            msi ->
                new VsmmuCreated(
                    Origin.LIVE,
                    Durability.COMMITTED,
                    new VsmmuProperties(OnOffAuto.AUTO, OnOffAuto.AUTO, -1, -1, msi),
                    EIGHT_IDS)));
    return events;
  }

  private static Map<String, VsmmuEvent> attached() {
    Map<String, VsmmuEvent> events = new LinkedHashMap<>();
    events.put(
        "first",
        new DeviceAttached(
            0x100,
            DEVICE,
            OnOffAuto.ON,
            EIGHT_IDS,
            SteFetch.read(0x100, TWO_WORDS),
            7,
            8,
            true,
            1));
    events.put(
        "second",
        new DeviceAttached(
            0x200,
            new HostDevice("", "", 0, IdRegisters.DEFAULT, false),
            OnOffAuto.AUTO,
            IdRegisters.DEFAULT,
            SteFetch.unknown(0x200),
            9,
            10,
            false,
            0));
    events.put(
        "of a group",
        new DeviceAttached(
            0x100,
            DEVICE.withGroupMates(List.of("0000:01:00.1", "0000:01:00.2")),
            OnOffAuto.ON,
            EIGHT_IDS,
            SteFetch.read(0x100, TWO_WORDS),
            7,
            8,
            true,
            1));
    return events;
  }

  private static Map<String, VsmmuEvent> written() {
    Map<String, VsmmuEvent> events =
        constants(
            "verdict",
            Verdict.values(),
            verdict -> new RegisterWritten(0x44, 4, 0x8010_0000L, List.of(), verdict, List.of()));
    List<SteFetch> fetches = new ArrayList<>();
    for (SteFetch.Outcome outcome : SteFetch.Outcome.values()) {
      for (Completeness completeness : Completeness.values()) {
        fetches.add(new SteFetch(fetches.size(), outcome, TWO_WORDS, completeness));
      }
    }
    events.put(
        "enable",
        new RegisterWritten(
            0x20,
            4,
            0xd,
            fetches,
            Verdict.TAKEN,
            List.of(new Change(Register.CR0, 0xd), new Change(Register.CR0ACK, 0xd))));
    List<Change> changes = new ArrayList<>();
    for (Register register : Register.values()) {
      changes.add(new Change(register, register.offset()));
    }
    events.put(
        "every-register", new RegisterWritten(-1, -8, -1, List.of(), Verdict.TAKEN, changes));
    return events;
  }

  private static Map<String, VsmmuEvent> consumed() {
    BitSet forwarded = new BitSet();
    forwarded.set(0, 2);
    forwarded.set(9);
    CommandEntry tlbi = new CommandEntry(0x0001_0000_0000_0012L, 0x1234_5000L);
    CommandEntry sync = new CommandEntry(0x2046, 0);
    CommandEntry mask = new CommandEntry(-1, 0xFFFF_FFFFL);
    Map<String, VsmmuEvent> events = new LinkedHashMap<>();
    events.put(
        "invalidations",
        new CommandsConsumed(
            12,
            10,
            List.of(tlbi, sync),
            List.of(),
            List.of(),
            false,
            2,
            BitSet.valueOf(new byte[] {1}),
            true,
            12,
            10,
            Optional.empty()));
    events.put(
        "everything",
        new CommandsConsumed(
            0xF_FFFFL,
            0x8_0000L,
            List.of(tlbi, sync, tlbi),
            List.of(mask, mask, mask),
            List.of(
                SteFetch.read(1, EIGHT_WORDS), SteFetch.failed(2, SteFetch.Outcome.FETCH_FAULT)),
            true,
            1,
            forwarded,
            true,
            0x8_0001L,
            0x0200_0000L,
            Optional.empty()));
    events.put(
        "nothing",
        new CommandsConsumed(
            0,
            0,
            List.of(),
            List.of(),
            List.of(),
            false,
            0,
            new BitSet(),
            false,
            0,
            0,
            Optional.empty()));
    return events;
  }

  private static Map<String, VsmmuEvent> configured() {
    Map<String, VsmmuEvent> events =
        constants("reason", Reason.values(), reason -> configured(reason, StreamBehaviour.BYPASS));
    events.putAll(
        constants(
            "behaviour",
            StreamBehaviour.values(),
            behaviour -> configured(Reason.CFGI_STE, behaviour)));
    events.put(
        "refused",
        new StreamConfigured(
            0x900,
            StreamBehaviour.TRANSLATE,
            StreamBehaviour.ABORT,
            EIGHT_WORDS,
            Completeness.HOST_WORDS,
            Reason.HOST_FAILURE,
            -1,
            4,
            0,
            false,
            0,
            0,
            11));
    return events;
  }

  private static StreamConfigured configured(Reason reason, StreamBehaviour behaviour) {
    return new StreamConfigured(
        0x900,
        behaviour,
        behaviour,
        TWO_WORDS,
        Completeness.FULL,
        reason,
        5,
        0,
        12,
        true,
        TWO_WORDS.word0(),
        TWO_WORDS.word1(),
        11);
  }

  private static Map<String, VsmmuEvent> outcomes() {
    Map<String, VsmmuEvent> events =
        constants(
            "operation",
            Kind.values(),
            kind -> new HostOutcomeReported(9, List.of(operation(kind)), false, 0));
    events.put(
        "batch-failed", new HostOutcomeReported(1L << 35, List.of(BATCH, BATCH), true, 0x42));
    events.put(
        "measured",
        new HostOutcomeReported(
            9,
            List.of(
                new HostOperation(Kind.ATTACH, 12, 3, 0x900, -1, 0, 0, 0, -1, 0, 35_217),
                new HostOperation(Kind.INVALIDATE, 4, 0, -1, 0, 2, 0, 0, -1, 41_000, 850),
                new HostOperation(Kind.INVALIDATE, 4, 0, -1, 2, 1, 0, 5, 2)),
            true,
            0x43,
            1_790_000_000_123_456L));
    events.put("nothing-to-do", new HostOutcomeReported(0, List.of(), true, 7));
    return events;
  }

  private static HostOperation operation(Kind kind) {
    return new HostOperation(kind, 12, 3, 0x900, -1, 0, 0x8000_0001, 0, -1);
  }

  /** An event for each constant, so that no constant's number can change unnoticed. */
  private static <E extends Enum<E>> Map<String, VsmmuEvent> constants(
      String prefix, E[] constants, java.util.function.Function<E, VsmmuEvent> event) {
    Map<String, VsmmuEvent> events = new LinkedHashMap<>();
    for (E constant : constants) {
      events.put(prefix + "-" + constant.name(), event.apply(constant));
    }
    return events;
  }
}
