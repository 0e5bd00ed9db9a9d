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
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StimulusEvent;
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
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;

/** Folds events: {@code evolve} only writes down what {@code decide} found. */
final class Evolution {

  private Evolution() {}

  /** The state after {@code event}. */
  static VsmmuState evolve(VsmmuState state, VsmmuEvent event) {
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
      case VsmmuCreated created -> create(edit, created);
      case VsmmuDeleted _ -> delete(edit);
      case VsmmuPaused _ -> edit.lifecycle = Lifecycle.PAUSED;
      case VsmmuResumed _ -> edit.lifecycle = Lifecycle.RUNNING;
      case VsmmuReset reset -> reset(edit, reset);
      case DeviceAttached attached -> DeviceFolding.attached(edit, attached);
      case DeviceDetached detached -> DeviceFolding.detached(edit, detached);
      case IdentityResolved resolved -> edit.ids = resolved.ids();
      case RegisterWritten written -> written(edit, written);
      case CommandsConsumed consumed -> consumed(edit, consumed);
      case CommandQueueFailed failed -> queueFailed(edit, failed);
      case StreamConfigured configured -> DeviceFolding.configured(edit, configured);
      case HostOutcomeReported outcome -> outcome(edit, outcome);
      case HostFailed failed -> DeviceFolding.failed(edit, failed);
      case FaultsReported faults -> faults(edit, faults);
      case PageRequestsReported requests ->
          edit.registers = edit.registers.with(Register.PRIQ_PROD, requests.prod());
      case GlobalErrorRaised raised ->
          edit.registers = edit.registers.with(Register.GERROR, raised.gerror());
      case VmmConnected connected -> {
        edit.vmm = edit.vmm.connected(connected.pid(), connected.uid());
        edit.memory = MemoryState.NO_REGIONS;
      }
      case VmmDisconnected _ -> disconnected(edit);
      case MemoryMapped mapped -> GuestMemory.mapped(edit, mapped);
      case MemoryUnmapped unmapped -> GuestMemory.unmapped(edit, unmapped);
      case HardwareQueueAllocated queue -> HardwareQueueDecisions.allocated(edit, queue);
      case HardwareQueueFreed freed -> edit.objects = edit.objects.minus(freed.handle());
      case HardwareQueueClosed closed -> edit.objects = edit.objects.minus(closed.handle());
      case RegisterReadsObserved reads -> reads(edit, reads);
      case HostCallsObserved calls -> hostCalls(edit, calls);
      case TranslationObserved _ -> {}
      case LinesKept kept -> linesKept(edit, kept);
      case RecordingFinished finished -> finished(edit, finished);
    }
  }

  private static void create(StateEdit edit, VsmmuCreated created) {
    edit.lifecycle = Lifecycle.RUNNING;
    edit.origin = created.origin();
    edit.durability = created.durability();
    edit.properties = created.properties();
    edit.ids = created.ids();
    edit.vm = created.vm();
  }

  private static void delete(StateEdit edit) {
    edit.lifecycle = Lifecycle.DELETED;
    edit.commandQueue = new CommandQueue(edit.commandQueue.fetched(), -1);
    DeviceFolding.allFreed(edit);
    disconnected(edit);
  }

  private static void disconnected(StateEdit edit) {
    edit.vmm = edit.vmm.disconnected();
    edit.memory = MemoryState.NO_REGIONS;
  }

  private static void reset(StateEdit edit, VsmmuReset reset) {
    // A VMM also resets a device that no guest has used yet, when it makes it.
    if (reset.source() == ResetSource.VMM && !edit.registers.equals(RegisterFile.RESET)) {
      edit.vmm = edit.vmm.rebooted();
    }
    edit.registers = RegisterFile.RESET;
    edit.commandQueue = CommandQueue.EMPTY;
  }

  private static void written(StateEdit edit, RegisterWritten written) {
    edit.guestStarted = true;
    boolean enabled = VsmmuState.enabled(edit.registers);
    StreamBehaviour global = VsmmuState.globalBypass(edit.registers);
    for (RegisterWritten.Change change : written.changes()) {
      edit.registers = edit.registers.with(change.register(), change.value());
      // Only writable while the queue is disabled: consumption starts over from here.
      if (change.register() == Register.CMDQ_CONS) {
        edit.commandQueue = new CommandQueue(TableFields.RD.get(change.value()), -1);
      }
    }
    boolean enabledNow = VsmmuState.enabled(edit.registers);
    boolean follows = !enabledNow && VsmmuState.globalBypass(edit.registers) != global;
    if (enabledNow != enabled || follows) {
      DeviceFolding.redriven(edit);
    }
  }

  private static void consumed(StateEdit edit, CommandsConsumed consumed) {
    edit.guestStarted = true;
    edit.registers =
        edit.registers
            .with(Register.CMDQ_PROD, consumed.prod())
            .with(Register.CMDQ_CONS, consumed.cons());
    if (consumed.recorded().isPresent() && consumed.consumed() > 0) {
      // The guest enabled the queue, be it before the recording began.
      long enabled = edit.registers.get(Register.CR0) | ControlFields.CMDQEN.mask();
      edit.registers = edit.registers.with(Register.CR0, enabled).with(Register.CR0ACK, enabled);
    }
    long awaiting = consumed.awaitsHost() ? edit.events : edit.commandQueue.awaiting();
    edit.commandQueue = new CommandQueue(consumed.fetched(), awaiting);
    DeviceFolding.forgotten(edit, consumed);
    edit.commands = edit.commands.plus(consumed.entries(), consumed.known(), consumed.consumed());
  }

  private static void queueFailed(StateEdit edit, CommandQueueFailed failed) {
    edit.registers =
        edit.registers
            .with(Register.CMDQ_CONS, failed.cons())
            .with(Register.GERROR, failed.gerror());
    edit.commandQueue =
        new CommandQueue(TableFields.RD.get(failed.cons()), edit.commandQueue.awaiting());
  }

  private static void outcome(StateEdit edit, HostOutcomeReported outcome) {
    if (outcome.completes()) {
      edit.registers = edit.registers.with(Register.CMDQ_CONS, outcome.cons());
      edit.commandQueue = new CommandQueue(edit.commandQueue.fetched(), -1);
    }
    DeviceFolding.kernelIds(edit, outcome.operations());
    boolean failing =
        outcome.operations().stream().anyMatch(operation -> !operation.succeeded())
            || edit.devices.keySet().stream()
                .map(edit.streams::get)
                .anyMatch(s -> s != null && s.reason() == Reason.HOST_FAILURE);
    if (!failing && edit.health.status() != Health.Status.OK) {
      edit.health = edit.health.healed();
    }
  }

  private static void faults(StateEdit edit, FaultsReported faults) {
    edit.registers = edit.registers.with(Register.EVENTQ_PROD, faults.prod());
    if (faults.lost() > 0) {
      edit.health =
          edit.health.worsened(
              Health.Status.DEGRADED, "the host lost " + faults.lost() + " fault records");
    }
  }

  private static void reads(StateEdit edit, RegisterReadsObserved reads) {
    Observations o = edit.observations;
    edit.observations =
        new Observations(
            o.reads() + reads.reads().size(),
            o.differingReads() + reads.differing(),
            o.hostCalls(),
            o.hostInvalidations(),
            o.keptLines());
  }

  private static void hostCalls(StateEdit edit, HostCallsObserved calls) {
    Observations o = edit.observations;
    long invalidations =
        calls.calls().stream().mapToInt(RecordedHostCall::entries).filter(n -> n > 0).count();
    edit.observations =
        new Observations(
            o.reads(),
            o.differingReads(),
            o.hostCalls() + calls.calls().size(),
            o.hostInvalidations() + invalidations,
            o.keptLines());
  }

  private static void linesKept(StateEdit edit, LinesKept kept) {
    Observations o = edit.observations;
    edit.observations =
        new Observations(
            o.reads(),
            o.differingReads(),
            o.hostCalls(),
            o.hostInvalidations(),
            o.keptLines() + kept.lines().size());
  }

  private static void finished(StateEdit edit, RecordingFinished finished) {
    if (!finished.complete()) {
      edit.health = edit.health.worsened(Health.Status.PARTIAL, finished.reason());
    }
  }
}
