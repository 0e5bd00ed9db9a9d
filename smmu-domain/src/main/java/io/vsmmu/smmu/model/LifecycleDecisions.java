package io.vsmmu.smmu.model;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** Decides on the creation, deletion, pausing and reset of a vSMMU. */
final class LifecycleDecisions {

  private LifecycleDecisions() {}

  static Decision create(VsmmuState state, Stimulus.Create it) {
    return Draft.single(
        state, new VsmmuCreated(it.origin(), it.durability(), it.properties(), it.ids(), it.vm()));
  }

  static Decision delete(VsmmuState state) {
    return Draft.single(state, new VsmmuDeleted());
  }

  static Decision pause(VsmmuState state) {
    return state.lifecycle() == Lifecycle.PAUSED
        ? new Decision.Refused(new Problem("vsmmu", "paused", "a vSMMU that is running"))
        : Draft.single(state, new VsmmuPaused());
  }

  static Decision resume(VsmmuState state) {
    return state.lifecycle() == Lifecycle.PAUSED
        ? Draft.single(state, new VsmmuResumed())
        : new Decision.Refused(new Problem("vsmmu", "running", "a vSMMU that is paused"));
  }

  static Decision reset(VsmmuState state, Stimulus.Reset reset) {
    Draft draft = new Draft(state);
    draft.emit(new VsmmuReset(reset.source()));
    HardwareQueueDecisions.closeAll(draft, HardwareQueueClosed.Reason.RESET);
    if (reset.source() == Stimulus.ResetSource.VMM) {
      VmmDecisions.reset(draft);
    }
    for (int streamId : List.copyOf(state.streams().keySet())) {
      StreamPlacement.forget(draft, streamId, Reason.RESET);
    }
    return draft.accepted();
  }
}
