package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * An event that records a stimulus together with its immediate effect. The log is a command log as
 * well as an event log: {@link #stimulus()} returns the input, so that it can be decided again.
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
        RecordingFinished,
        InputChanged,
        PartImported {

  /** The stimulus that was decided. */
  Stimulus stimulus();
}
