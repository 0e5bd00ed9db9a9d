package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * An event that records a stimulus together with what was decided on the spot. The log is a command
 * log as well as an event log: {@link #stimulus()} gives the input back, so that it can be decided
 * again.
 */
public sealed interface StimulusEvent extends VsmmuEvent
    permits VsmmuCreated,
        VsmmuDeleted,
        VsmmuReset,
        VsmmuPaused,
        VsmmuResumed,
        DeviceAttached,
        DeviceDetached,
        RegisterWritten,
        CommandsConsumed,
        HostOutcomeReported,
        FaultsReported,
        PageRequestsReported,
        GlobalErrorRaised,
        VmmConnected,
        VmmDisconnected,
        MemoryMapped,
        MemoryUnmapped,
        HardwareQueueAllocated,
        HardwareQueueFreed,
        RegisterReadsObserved,
        HostCallsObserved,
        TranslationObserved,
        LinesKept,
        RecordingFinished {

  /** The input as it was before anything was decided. */
  Stimulus stimulus();
}
