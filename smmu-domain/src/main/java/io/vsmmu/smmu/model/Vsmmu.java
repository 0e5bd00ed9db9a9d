package io.vsmmu.smmu.model;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The virtual SMMUv3 as a Decider: two pure, total functions. {@link #decide} takes a stimulus, an
 * input that asks for or reports a change, and gives events; {@link #evolve} applies an event to
 * the state. Neither reads a clock, does I/O, or throws for anything that a guest can do. A request
 * of an operator that cannot be done is {@link Decision.Refused}.
 */
public final class Vsmmu {

  private Vsmmu() {}

  /** The events that {@code stimulus} causes in {@code state}, or why it is refused. */
  public static Decision decide(VsmmuState state, Stimulus stimulus) {
    return switch (state.lifecycle()) {
      case ABSENT ->
          begins(stimulus)
              ? decideExisting(state, stimulus)
              : new Decision.Refused(new Problem("vsmmu", "absent", "a vSMMU that was created"));
      case DELETED -> new Decision.Refused(new Problem("vsmmu", "deleted", "a vSMMU that exists"));
      case RUNNING, PAUSED ->
          begins(stimulus)
              ? new Decision.Refused(new Problem("vsmmu", "exists", "a new vSMMU"))
              : decideExisting(state, stimulus);
    };
  }

  /** Whether a log begins with the stimulus, and with nothing else. */
  private static boolean begins(Stimulus stimulus) {
    return stimulus instanceof Stimulus.Create || stimulus instanceof Stimulus.ImportPart;
  }

  /** The state after {@code event}. */
  public static VsmmuState evolve(VsmmuState state, VsmmuEvent event) {
    return Evolution.evolve(state, event);
  }

  /** Applies events one after the other, beginning with {@link VsmmuState#ABSENT}. */
  public static final class Fold {

    private VsmmuState state = VsmmuState.ABSENT;

    /** The state after the events so far. */
    public VsmmuState state() {
      return state;
    }

    public void accept(VsmmuEvent event) {
      state = evolve(state, event);
    }
  }

  private static Decision decideExisting(VsmmuState state, Stimulus stimulus) {
    return switch (stimulus) {
      case Stimulus.Create c -> LifecycleDecisions.create(state, c);
      case Stimulus.Delete _ -> LifecycleDecisions.delete(state);
      case Stimulus.Pause _ -> LifecycleDecisions.pause(state);
      case Stimulus.Resume _ -> LifecycleDecisions.resume(state);
      case Stimulus.Reset reset -> LifecycleDecisions.reset(state, reset);
      case Stimulus.AttachDevice attach -> DeviceDecisions.attach(state, attach);
      case Stimulus.DetachDevice detach -> DeviceDecisions.detach(state, detach);
      case Stimulus.WriteRegister write -> RegisterWrites.decide(state, write);
      case Stimulus.ConsumeCommands slice -> CommandConsumption.decide(state, slice);
      case Stimulus.ReportHostOutcome report -> HostOutcomes.decide(state, report);
      case Stimulus.ReportFaults report -> FaultDecisions.decide(state, report);
      case Stimulus.ReportPageRequests report -> PageRequestDecisions.decide(state, report);
      case Stimulus.ReportAbort report -> GlobalErrorDecisions.raise(state, report);
      case Stimulus.ConnectVmm connect -> VmmDecisions.connect(state, connect);
      case Stimulus.DisconnectVmm disconnect -> VmmDecisions.disconnect(state, disconnect);
      case Stimulus.MapMemory map -> VmmDecisions.map(state, map);
      case Stimulus.UnmapMemory unmap -> VmmDecisions.unmap(state, unmap);
      case Stimulus.AllocateHardwareQueue it -> HardwareQueueDecisions.allocate(state, it);
      case Stimulus.FreeHardwareQueue it -> HardwareQueueDecisions.free(state, it);
      case Stimulus.ObserveReads reads -> RecordingDecisions.observeReads(state, reads);
      case Stimulus.ObserveHostCalls calls ->
          Draft.single(state, new HostCallsObserved(calls.calls()));
      case Stimulus.ObserveTranslation seen -> RecordingDecisions.observeTranslation(state, seen);
      case Stimulus.KeepLines kept ->
          Draft.single(state, new LinesKept(kept.firstLine(), kept.lines(), kept.unattributed()));
      case Stimulus.FinishRecording end ->
          Draft.single(state, new RecordingFinished(end.complete(), end.reason()));
      case Stimulus.ChangeInput it ->
          Draft.single(state, new InputChanged(Limits.cut(it.change())));
      case Stimulus.ImportPart it ->
          Draft.single(
              state,
              new PartImported(
                  it.vsmmu(), it.firstPosition(), it.lastPosition(), it.events(), it.state()));
    };
  }
}
