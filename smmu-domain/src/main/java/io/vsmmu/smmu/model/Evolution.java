package io.vsmmu.smmu.model;

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
import io.vsmmu.smmu.event.StimulusEvent;
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

/**
 * Applies an event to a state. Each concern has a class that applies its events; they only write
 * down what {@code decide} found, so that a later version of {@code decide} reads old logs alike.
 */
final class Evolution {

  private Evolution() {}

  /** The state after {@code event}. */
  static VsmmuState evolve(VsmmuState state, VsmmuEvent event) {
    if (event instanceof PartImported part) {
      return (VsmmuState) part.state();
    }
    StateEdit edit = new StateEdit(state);
    apply(edit, event);
    edit.events++;
    if (event instanceof StimulusEvent) {
      edit.stimulus = state.events();
    }
    return edit.state();
  }

  private static void apply(StateEdit edit, VsmmuEvent event) {
    switch (event) {
      case VsmmuCreated created -> LifecycleEvolution.created(edit, created);
      case VsmmuDeleted _ -> LifecycleEvolution.deleted(edit);
      case VsmmuPaused _ -> edit.lifecycle = Lifecycle.PAUSED;
      case VsmmuResumed _ -> edit.lifecycle = Lifecycle.RUNNING;
      case VsmmuReset reset -> LifecycleEvolution.reset(edit, reset);
      case DeviceAttached attached -> DeviceEvolution.attached(edit, attached);
      case DeviceDetached detached -> DeviceEvolution.detached(edit, detached);
      case IdentityResolved resolved -> edit.ids = resolved.ids();
      case RegisterWritten written -> RegisterEvolution.written(edit, written);
      case CommandsConsumed consumed -> CommandQueueEvolution.consumed(edit, consumed);
      case CommandQueueFailed failed -> CommandQueueEvolution.failed(edit, failed);
      case StreamConfigured configured -> StreamEvolution.configured(edit, configured);
      case HostOutcomeReported outcome -> HostOutcomeEvolution.reported(edit, outcome);
      case HostFailed failed -> HostOutcomeEvolution.failed(edit, failed);
      case FaultsReported faults -> OutputQueueEvolution.faults(edit, faults);
      case PageRequestsReported requests -> OutputQueueEvolution.pageRequests(edit, requests);
      case GlobalErrorRaised raised -> OutputQueueEvolution.raised(edit, raised);
      case VmmConnected connected -> VmmEvolution.connected(edit, connected);
      case VmmDisconnected _ -> VmmEvolution.disconnected(edit);
      case MemoryMapped mapped -> VmmEvolution.mapped(edit, mapped);
      case MemoryUnmapped unmapped -> VmmEvolution.unmapped(edit, unmapped);
      case HardwareQueueAllocated queue -> HardwareQueueEvolution.allocated(edit, queue);
      case HardwareQueueFreed freed -> HardwareQueueEvolution.freed(edit, freed);
      case HardwareQueueClosed closed -> HardwareQueueEvolution.closed(edit, closed);
      case RegisterReadsObserved reads -> RecordingEvolution.reads(edit, reads);
      case HostCallsObserved calls -> RecordingEvolution.hostCalls(edit, calls);
      // The state that a part of a log begins with is whole already.
      case TranslationObserved _, InputChanged _, PartImported _ -> {}
      case LinesKept kept -> RecordingEvolution.linesKept(edit, kept);
      case RecordingFinished finished -> RecordingEvolution.finished(edit, finished);
    }
  }
}
