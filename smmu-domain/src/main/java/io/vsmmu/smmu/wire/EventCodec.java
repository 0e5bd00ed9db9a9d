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
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
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
import java.util.Arrays;
import java.util.List;

/**
 * Events as bytes. What this version writes stays readable for ever; the same event always gives
 * the same bytes. Thread-safe.
 */
public final class EventCodec {

  private static final List<Integer> TYPES =
      Arrays.stream(EventKind.values()).map(EventKind::number).sorted().toList();

  private EventCodec() {}

  /** The numbers of all event types, ascending; {@link SnapshotCodec#TYPE} is not among them. */
  public static List<Integer> types() {
    return TYPES;
  }

  /** The number of the event's type. */
  public static int typeOf(VsmmuEvent event) {
    return EventKind.of(event).number();
  }

  /** The name of a type, for people; {@code UNKNOWN_n} for a number that no type has. */
  public static String nameOf(int type) {
    return type == SnapshotCodec.TYPE
        ? SnapshotCodec.NAME
        : EventKind.of(type).map(EventKind::label).orElseGet(() -> "UNKNOWN_" + type);
  }

  /** The payload of an event, a new array. */
  public static byte[] encode(VsmmuEvent event) {
    WireWriter out = new WireWriter();
    encode(event, out);
    return out.toBytes();
  }

  /** Appends the payload of an event to {@code out}, for those who write many. */
  public static void encode(VsmmuEvent event, WireWriter out) {
    out.revision(EventKind.of(event).revision());
    switch (event) {
      case CommandsConsumed it -> CommandCodec.write(out, it);
      case HostOutcomeReported it -> HostCodec.write(out, it);
      case RegisterWritten it -> RegisterCodec.write(out, it);
      case VsmmuCreated it -> LifecycleCodec.write(out, it);
      case VsmmuDeleted _, VsmmuPaused _, VsmmuResumed _ -> {}
      case VsmmuReset it -> LifecycleCodec.write(out, it);
      case DeviceAttached it -> DeviceCodec.write(out, it);
      case DeviceDetached it -> DeviceCodec.write(out, it);
      case IdentityResolved it -> LifecycleCodec.write(out, it);
      case CommandQueueFailed it -> CommandCodec.write(out, it);
      case StreamConfigured it -> StreamCodec.write(out, it);
      case HostFailed it -> HostCodec.write(out, it);
      case FaultsReported it -> FaultCodec.write(out, it);
      case RegisterReadsObserved it -> RegisterCodec.write(out, it);
      case HostCallsObserved it -> HostCodec.write(out, it);
      case TranslationObserved it -> RecordingCodec.write(out, it);
      case LinesKept it -> RecordingCodec.write(out, it);
      case RecordingFinished it -> RecordingCodec.write(out, it);
      case PageRequestsReported it -> OutputCodec.write(out, it);
      case GlobalErrorRaised it -> OutputCodec.write(out, it);
      case VmmConnected it -> VmmCodec.write(out, it);
      case VmmDisconnected it -> VmmCodec.write(out, it);
      case MemoryMapped it -> VmmCodec.write(out, it);
      case MemoryUnmapped it -> VmmCodec.write(out, it);
      case HardwareQueueAllocated it -> HardwareQueueCodec.write(out, it);
      case HardwareQueueFreed it -> HardwareQueueCodec.write(out, it);
      case HardwareQueueClosed it -> HardwareQueueCodec.write(out, it);
    }
  }

  /**
   * The event in a payload.
   *
   * @param type the number of its type
   * @throws MalformedEventException if no event has this number, if the payload is damaged, or if a
   *     later version wrote it in a way that this one cannot read
   */
  public static VsmmuEvent decode(int type, byte[] payload) {
    EventKind kind =
        EventKind.of(type)
            .orElseThrow(
                () -> new MalformedEventException(nameOf(type), "", 0, "no event has this type"));
    WireReader in = new WireReader(kind.label(), payload);
    in.revision(kind.revision());
    return switch (kind) {
      case VSMMU_CREATED -> LifecycleCodec.readCreated(in);
      case VSMMU_DELETED -> LifecycleCodec.readEmpty(in, new VsmmuDeleted());
      case VSMMU_RESET -> LifecycleCodec.readReset(in);
      case VSMMU_PAUSED -> LifecycleCodec.readEmpty(in, new VsmmuPaused());
      case VSMMU_RESUMED -> LifecycleCodec.readEmpty(in, new VsmmuResumed());
      case DEVICE_ATTACHED -> DeviceCodec.readAttached(in);
      case DEVICE_DETACHED -> DeviceCodec.readDetached(in);
      case IDENTITY_RESOLVED -> LifecycleCodec.readResolved(in);
      case REGISTER_WRITTEN -> RegisterCodec.readWritten(in);
      case COMMANDS_CONSUMED -> CommandCodec.readConsumed(in);
      case COMMAND_QUEUE_FAILED -> CommandCodec.readFailed(in);
      case STREAM_CONFIGURED -> StreamCodec.read(in);
      case HOST_OUTCOME_REPORTED -> HostCodec.readOutcome(in);
      case HOST_FAILED -> HostCodec.readFailed(in);
      case FAULTS_REPORTED -> FaultCodec.read(in);
      case REGISTER_READS_OBSERVED -> RegisterCodec.readObserved(in);
      case HOST_CALLS_OBSERVED -> HostCodec.readObserved(in);
      case TRANSLATION_OBSERVED -> RecordingCodec.readTranslation(in);
      case LINES_KEPT -> RecordingCodec.readKept(in);
      case RECORDING_FINISHED -> RecordingCodec.readFinished(in);
      case PAGE_REQUESTS_REPORTED -> OutputCodec.readRequests(in);
      case GLOBAL_ERROR_RAISED -> OutputCodec.readRaised(in);
      case VMM_CONNECTED -> VmmCodec.readConnected(in);
      case VMM_DISCONNECTED -> VmmCodec.readDisconnected(in);
      case MEMORY_MAPPED -> VmmCodec.readMapped(in);
      case MEMORY_UNMAPPED -> VmmCodec.readUnmapped(in);
      case HARDWARE_QUEUE_ALLOCATED -> HardwareQueueCodec.readAllocated(in);
      case HARDWARE_QUEUE_FREED -> HardwareQueueCodec.readFreed(in);
      case HARDWARE_QUEUE_CLOSED -> HardwareQueueCodec.readClosed(in);
    };
  }
}
