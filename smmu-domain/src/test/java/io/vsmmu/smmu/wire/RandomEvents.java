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
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
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
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Events of every type with typical and extreme values, the same for the same seed. */
final class RandomEvents {

  private static final int[] EXTREME_INTS = {
    0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 127, 128
  };
  private static final long[] EXTREME_LONGS = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 56) - 1, 1L << 56, 0xFFFF_FFFFL
  };
  private static final String[] TEXTS = {
    "",
    "a",
    "\0",
    "smmuv3_cmdq_consume",
    "gr\u00fc\u00dfe",
    "\uD83D\uDE80",
    "\uFFFD",
    "x".repeat(300)
  };

  private final Random random;

  RandomEvents(long seed) {
    random = new Random(seed);
  }

  VsmmuEvent next(EventKind kind) {
    return switch (kind) {
      case VSMMU_CREATED ->
          new VsmmuCreated(
              any(Origin.values()), any(Durability.values()), properties(), ids(), text());
      case VSMMU_DELETED -> new VsmmuDeleted();
      case VSMMU_RESET -> new VsmmuReset(any(ResetSource.values()));
      case VSMMU_PAUSED -> new VsmmuPaused();
      case VSMMU_RESUMED -> new VsmmuResumed();
      case DEVICE_ATTACHED -> attached();
      case DEVICE_DETACHED ->
          new DeviceDetached(
              i(),
              l(),
              l(),
              l(),
              l(),
              random.nextBoolean() ? Optional.empty() : Optional.of(ids()));
      case IDENTITY_RESOLVED -> new IdentityResolved(ids());
      case REGISTER_WRITTEN -> written();
      case COMMANDS_CONSUMED -> consumed();
      case COMMAND_QUEUE_FAILED ->
          new CommandQueueFailed(i(), any(CommandError.values()), l(), l(), text());
      case STREAM_CONFIGURED -> configured();
      case HOST_OUTCOME_REPORTED ->
          new HostOutcomeReported(l(), some(this::operation), flag(), l(), l());
      case HOST_FAILED -> new HostFailed(operation(), flag());
      case FAULTS_REPORTED ->
          new FaultsReported(some(() -> new EventRecord(l(), l(), l(), l())), l(), i(), l());
      case REGISTER_READS_OBSERVED ->
          new RegisterReadsObserved(some(() -> new RegisterRead(i(), i(), l())), i());
      case HOST_CALLS_OBSERVED -> new HostCallsObserved(some(this::call));
      case TRANSLATION_OBSERVED -> new TranslationObserved(i(), i(), l(), l());
      case LINES_KEPT -> new LinesKept(l(), some(this::text), flag());
      case PAGE_REQUESTS_REPORTED ->
          new PageRequestsReported(some(() -> new PageRequest(l(), l())), l(), i(), l());
      case GLOBAL_ERROR_RAISED -> new GlobalErrorRaised(any(GlobalError.values()), l());
      case VMM_CONNECTED -> new VmmConnected(l(), l());
      case VMM_DISCONNECTED -> new VmmDisconnected(text());
      case MEMORY_MAPPED ->
          new MemoryMapped(l(), l(), flag(), flag(), any(MemorySharing.values()), flag());
      case MEMORY_UNMAPPED -> new MemoryUnmapped(l(), l());
      case HARDWARE_QUEUE_ALLOCATED -> new HardwareQueueAllocated(i(), l(), l(), l());
      case HARDWARE_QUEUE_FREED -> new HardwareQueueFreed(i(), l());
      case HARDWARE_QUEUE_CLOSED ->
          new HardwareQueueClosed(i(), l(), any(HardwareQueueClosed.Reason.values()));
      case INPUT_CHANGED -> new InputChanged(text());
      case PART_IMPORTED ->
          new PartImported(
              text(), l(), l(), l(), new RandomHistory(random.nextLong()).after(random.nextInt(8)));
      case RECORDING_FINISHED -> new RecordingFinished(flag(), text());
    };
  }

  private DeviceAttached attached() {
    return new DeviceAttached(
        i(), device(), any(OnOffAuto.values()), ids(), fetch(), l(), l(), flag(), l());
  }

  private RegisterWritten written() {
    return new RegisterWritten(
        i(),
        i(),
        l(),
        some(this::fetch),
        any(RegisterWritten.Verdict.values()),
        some(() -> new RegisterWritten.Change(any(Register.values()), l())));
  }

  private CommandsConsumed consumed() {
    List<CommandEntry> entries = some(this::command);
    return new CommandsConsumed(
        l(),
        l(),
        entries,
        some(this::command),
        some(this::fetch),
        flag(),
        random.nextInt(entries.size() + 1),
        BitSet.valueOf(new long[] {l(), l()}),
        flag(),
        l(),
        l(),
        Optional.empty());
  }

  private StreamConfigured configured() {
    return new StreamConfigured(
        i(),
        any(StreamBehaviour.values()),
        any(StreamBehaviour.values()),
        ste(),
        any(Completeness.values()),
        any(StreamConfigured.Reason.values()),
        i(),
        i(),
        l(),
        flag(),
        l(),
        l(),
        l());
  }

  private HostOperation operation() {
    return new HostOperation(
        any(HostOperation.Kind.values()), l(), l(), i(), i(), i(), i(), i(), i(), l(), l());
  }

  private RecordedHostCall call() {
    return new RecordedHostCall(text(), text(), i(), i(), l(), l());
  }

  private HostDevice device() {
    return new HostDevice(text(), text(), i(), ids(), flag(), some(this::text), flag());
  }

  private VsmmuProperties properties() {
    return new VsmmuProperties(
        any(OnOffAuto.values()),
        any(OnOffAuto.values()),
        i(),
        i(),
        any(OnOffAuto.values()),
        any(HardwareQueues.values()));
  }

  private SteFetch fetch() {
    return new SteFetch(i(), any(SteFetch.Outcome.values()), ste(), any(Completeness.values()));
  }

  private StreamTableEntry ste() {
    long[] words = new long[StreamTableEntry.WORDS];
    int told = random.nextInt(StreamTableEntry.WORDS + 1);
    for (int word = 0; word < told; word++) {
      words[word] = l();
    }
    return StreamTableEntry.of(words);
  }

  private IdRegisters ids() {
    return flag() ? IdRegisters.DEFAULT : new IdRegisters(i(), i(), i(), i(), i(), i(), i(), i());
  }

  private CommandEntry command() {
    return new CommandEntry(l(), l());
  }

  private int i() {
    return switch (random.nextInt(3)) {
      case 0 -> EXTREME_INTS[random.nextInt(EXTREME_INTS.length)];
      case 1 -> random.nextInt(1 << 16);
      default -> random.nextInt();
    };
  }

  private long l() {
    return switch (random.nextInt(3)) {
      case 0 -> EXTREME_LONGS[random.nextInt(EXTREME_LONGS.length)];
      case 1 -> random.nextInt(1 << 20);
      default -> random.nextLong();
    };
  }

  private boolean flag() {
    return random.nextBoolean();
  }

  private String text() {
    return any(TEXTS);
  }

  private <T> List<T> some(Supplier<T> element) {
    return Stream.generate(element).limit(random.nextInt(4)).toList();
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
