package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Optional;

/** Reads the newest state of a vSMMU. */
final class NewestState {

  private NewestState() {}

  /** The state after the last event; empty if the vSMMU has no event yet. */
  static Optional<VsmmuState> of(TimeTravel states, RegisteredVsmmu vsmmu) {
    return states.at(vsmmu.id(), LogPoint.HEAD).found().map(StateAtEvent::state);
  }
}
