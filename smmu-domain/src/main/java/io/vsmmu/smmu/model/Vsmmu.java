package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * The virtual SMMUv3 as two pure, total functions. Neither reads a clock, does I/O, or throws for
 * anything a guest can do; operators' requests that make no sense are {@link Decision.Refused}.
 */
public final class Vsmmu {

  private Vsmmu() {}

  /** What happens when {@code stimulus} meets {@code state}. */
  public static Decision decide(VsmmuState state, Stimulus stimulus) {
    return switch (state.lifecycle()) {
      case ABSENT ->
          stimulus instanceof Stimulus.Create
              ? decideExisting(state, stimulus)
              : new Decision.Refused("vsmmu", "absent", "a vSMMU that was created");
      case DELETED -> new Decision.Refused("vsmmu", "deleted", "a vSMMU that exists");
      case RUNNING, PAUSED ->
          stimulus instanceof Stimulus.Create
              ? new Decision.Refused("vsmmu", "exists", "a new vSMMU")
              : decideExisting(state, stimulus);
    };
  }

  /** The state after {@code event}. */
  public static VsmmuState evolve(VsmmuState state, VsmmuEvent event) {
    return Evolution.evolve(state, event);
  }

  /** A fold over events. */
  public static final class Fold {

    private VsmmuState state = VsmmuState.ABSENT;

    /** The state after everything folded so far. */
    public VsmmuState state() {
      return state;
    }

    /** Folds the next event. */
    public void accept(VsmmuEvent event) {
      state = evolve(state, event);
    }
  }

  private static Decision decideExisting(VsmmuState state, Stimulus stimulus) {
    return switch (stimulus) {
      case Stimulus.Create c ->
          just(
              state, new VsmmuCreated(c.origin(), c.durability(), c.properties(), c.ids(), c.vm()));
      case Stimulus.Delete _ -> just(state, new VsmmuDeleted());
      case Stimulus.Pause _ -> pause(state);
      case Stimulus.Resume _ -> resume(state);
      case Stimulus.Reset reset -> reset(state, reset);
      case Stimulus.AttachDevice attach -> DeviceDecisions.attach(state, attach);
      case Stimulus.DetachDevice detach -> DeviceDecisions.detach(state, detach);
      case Stimulus.WriteRegister write -> RegisterWrites.decide(state, write);
      case Stimulus.ConsumeCommands slice -> CommandConsumption.decide(state, slice);
      case Stimulus.ReportHostOutcome report -> HostOutcomes.decide(state, report);
      case Stimulus.ReportFaults report -> FaultDelivery.decide(state, report);
      case Stimulus.ReportPageRequests report -> PageRequestDelivery.decide(state, report);
      case Stimulus.ReportAbort report -> abort(state, report);
      case Stimulus.ConnectVmm connect -> GuestMemory.connect(state, connect);
      case Stimulus.DisconnectVmm disconnect -> GuestMemory.disconnect(state, disconnect);
      case Stimulus.MapMemory map -> GuestMemory.map(state, map);
      case Stimulus.UnmapMemory unmap -> GuestMemory.unmap(state, unmap);
      case Stimulus.AllocateHardwareQueue it -> HardwareQueueDecisions.allocate(state, it);
      case Stimulus.FreeHardwareQueue it -> HardwareQueueDecisions.free(state, it);
      case Stimulus.ObserveReads reads -> observeReads(state, reads);
      case Stimulus.ObserveHostCalls calls -> just(state, new HostCallsObserved(calls.calls()));
      case Stimulus.ObserveTranslation seen -> observeTranslation(state, seen);
      case Stimulus.KeepLines kept ->
          just(state, new LinesKept(kept.firstLine(), kept.lines(), kept.unattributed()));
      case Stimulus.FinishRecording end ->
          just(state, new RecordingFinished(end.complete(), end.reason()));
    };
  }

  private static Decision just(VsmmuState state, VsmmuEvent event) {
    return new Decision.Accepted(List.of(event), evolve(state, event));
  }

  private static Decision pause(VsmmuState state) {
    return state.lifecycle() == Lifecycle.PAUSED
        ? new Decision.Refused("vsmmu", "paused", "a vSMMU that is running")
        : just(state, new VsmmuPaused());
  }

  private static Decision resume(VsmmuState state) {
    return state.lifecycle() == Lifecycle.PAUSED
        ? just(state, new VsmmuResumed())
        : new Decision.Refused("vsmmu", "running", "a vSMMU that is paused");
  }

  private static Decision reset(VsmmuState state, Stimulus.Reset reset) {
    Draft draft = new Draft(state);
    draft.emit(new VsmmuReset(reset.source()));
    HardwareQueueDecisions.closeAll(draft, HardwareQueueClosed.Reason.RESET);
    if (reset.source() == Stimulus.ResetSource.VMM) {
      GuestMemory.reset(draft);
    }
    for (int streamId : List.copyOf(state.streams().keySet())) {
      StreamPlacement.forget(draft, streamId, Reason.RESET);
    }
    return draft.accepted();
  }

  /** An error that is active already is not raised again (IHI 0070, 6.3.19). */
  private static Decision abort(VsmmuState state, Stimulus.ReportAbort report) {
    GlobalError error = report.error();
    boolean raised = error.implementedBy(state.ids()) && !state.active(error);
    long gerror = state.registers().get(Register.GERROR) ^ (raised ? error.bit().mask() : 0);
    return just(state, new GlobalErrorRaised(error, gerror));
  }

  private static Decision observeReads(VsmmuState state, Stimulus.ObserveReads observe) {
    int differing = 0;
    for (RegisterRead read : observe.reads()) {
      differing += state.read(read.offset(), read.width()) == read.value() ? 0 : 1;
    }
    return just(state, new RegisterReadsObserved(observe.reads(), differing));
  }

  private static Decision observeTranslation(
      VsmmuState state, Stimulus.ObserveTranslation observed) {
    Draft draft = new Draft(state);
    int streamId = observed.streamId();
    draft.emit(
        new TranslationObserved(
            streamId, observed.stage(), observed.iova(), observed.translated()));
    boolean untold =
        state.stream(streamId).map(s -> s.configuration() == StreamBehaviour.UNKNOWN).orElse(true);
    boolean kept = state.stream(streamId).isPresent() || state.streams().size() < Limits.STREAMS;
    boolean stage1 = observed.stage() == 1 && state.enabled();
    if (untold && kept && stage1 && state.device(streamId).isEmpty()) {
      StreamPlacement.observed(draft, streamId);
    }
    return draft.accepted();
  }
}
