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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The types of events in the log. Number and name of a type are fixed for ever. */
public enum EventKind {
  VSMMU_CREATED(1, "VsmmuCreated"),
  VSMMU_DELETED(2, "VsmmuDeleted"),
  VSMMU_RESET(3, "VsmmuReset"),
  VSMMU_PAUSED(4, "VsmmuPaused"),
  VSMMU_RESUMED(5, "VsmmuResumed"),
  DEVICE_ATTACHED(6, "DeviceAttached"),
  DEVICE_DETACHED(7, "DeviceDetached"),
  IDENTITY_RESOLVED(8, "IdentityResolved"),
  REGISTER_WRITTEN(9, "RegisterWritten"),
  COMMANDS_CONSUMED(10, "CommandsConsumed"),
  COMMAND_QUEUE_FAILED(11, "CommandQueueFailed"),
  STREAM_CONFIGURED(12, "StreamConfigured"),
  HOST_OUTCOME_REPORTED(13, "HostOutcomeReported"),
  HOST_FAILED(14, "HostFailed"),
  FAULTS_REPORTED(15, "FaultsReported"),
  REGISTER_READS_OBSERVED(16, "RegisterReadsObserved"),
  HOST_CALLS_OBSERVED(17, "HostCallsObserved"),
  TRANSLATION_OBSERVED(18, "TranslationObserved"),
  LINES_KEPT(19, "LinesKept"),
  RECORDING_FINISHED(20, "RecordingFinished"),
  PAGE_REQUESTS_REPORTED(21, "PageRequestsReported"),
  GLOBAL_ERROR_RAISED(22, "GlobalErrorRaised"),
  VMM_CONNECTED(23, "VmmConnected"),
  VMM_DISCONNECTED(24, "VmmDisconnected"),
  MEMORY_MAPPED(25, "MemoryMapped"),
  MEMORY_UNMAPPED(26, "MemoryUnmapped"),
  HARDWARE_QUEUE_ALLOCATED(27, "HardwareQueueAllocated"),
  HARDWARE_QUEUE_FREED(28, "HardwareQueueFreed"),
  HARDWARE_QUEUE_CLOSED(29, "HardwareQueueClosed");

  private static final @Nullable EventKind[] BY_NUMBER = new EventKind[30];

  static {
    for (EventKind kind : values()) {
      BY_NUMBER[kind.number] = kind;
    }
  }

  private final int number;
  private final String label;

  EventKind(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** The type's number in the log, from 1. */
  public int number() {
    return number;
  }

  /** The type's name, for people and interfaces. */
  public String label() {
    return label;
  }

  /**
   * The revision of this type's payload that is written today; all up to it are read. A field that
   * reads as what was true before it existed needs no other revision.
   */
  public int revision() {
    return 1;
  }

  /** The type with this number; empty if there is none. */
  public static Optional<EventKind> of(int number) {
    return number < 0 || number >= BY_NUMBER.length
        ? Optional.empty()
        : Optional.ofNullable(BY_NUMBER[number]);
  }

  /** The type of this event. */
  public static EventKind of(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed _ -> COMMANDS_CONSUMED;
      case HostOutcomeReported _ -> HOST_OUTCOME_REPORTED;
      case RegisterWritten _ -> REGISTER_WRITTEN;
      case VsmmuCreated _ -> VSMMU_CREATED;
      case VsmmuDeleted _ -> VSMMU_DELETED;
      case VsmmuReset _ -> VSMMU_RESET;
      case VsmmuPaused _ -> VSMMU_PAUSED;
      case VsmmuResumed _ -> VSMMU_RESUMED;
      case DeviceAttached _ -> DEVICE_ATTACHED;
      case DeviceDetached _ -> DEVICE_DETACHED;
      case IdentityResolved _ -> IDENTITY_RESOLVED;
      case CommandQueueFailed _ -> COMMAND_QUEUE_FAILED;
      case StreamConfigured _ -> STREAM_CONFIGURED;
      case HostFailed _ -> HOST_FAILED;
      case FaultsReported _ -> FAULTS_REPORTED;
      case RegisterReadsObserved _ -> REGISTER_READS_OBSERVED;
      case HostCallsObserved _ -> HOST_CALLS_OBSERVED;
      case TranslationObserved _ -> TRANSLATION_OBSERVED;
      case LinesKept _ -> LINES_KEPT;
      case RecordingFinished _ -> RECORDING_FINISHED;
      case PageRequestsReported _ -> PAGE_REQUESTS_REPORTED;
      case GlobalErrorRaised _ -> GLOBAL_ERROR_RAISED;
      case VmmConnected _ -> VMM_CONNECTED;
      case VmmDisconnected _ -> VMM_DISCONNECTED;
      case MemoryMapped _ -> MEMORY_MAPPED;
      case MemoryUnmapped _ -> MEMORY_UNMAPPED;
      case HardwareQueueAllocated _ -> HARDWARE_QUEUE_ALLOCATED;
      case HardwareQueueFreed _ -> HARDWARE_QUEUE_FREED;
      case HardwareQueueClosed _ -> HARDWARE_QUEUE_CLOSED;
    };
  }
}
