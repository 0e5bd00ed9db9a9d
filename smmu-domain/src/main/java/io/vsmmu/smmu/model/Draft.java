package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.ArrayList;
import java.util.List;

/** A decision in the making: the events so far and the state after them. */
final class Draft {

  private final List<VsmmuEvent> events = new ArrayList<>();
  private VsmmuState state;

  Draft(VsmmuState state) {
    this.state = state;
  }

  VsmmuState state() {
    return state;
  }

  void emit(VsmmuEvent event) {
    state = Evolution.evolve(state, event);
    events.add(event);
  }

  /** Puts {@code first} before what was emitted; the state is folded anew from {@code before}. */
  void emitFirst(VsmmuState before, VsmmuEvent first) {
    events.addFirst(first);
    state = before;
    for (VsmmuEvent event : events) {
      state = Evolution.evolve(state, event);
    }
  }

  Decision accepted() {
    return new Decision.Accepted(events, state);
  }
}
