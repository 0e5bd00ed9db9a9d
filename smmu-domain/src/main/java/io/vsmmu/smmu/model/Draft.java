package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.ArrayList;
import java.util.List;

/** A decision that is being made: the events so far, and the state after them. */
final class Draft {

  private final List<VsmmuEvent> events = new ArrayList<>();
  private VsmmuState state;

  Draft(VsmmuState state) {
    this.state = state;
  }

  /** The state after the events so far. */
  VsmmuState state() {
    return state;
  }

  /** Appends an event and applies it. */
  void emit(VsmmuEvent event) {
    state = Evolution.evolve(state, event);
    events.add(event);
  }

  /** Inserts an event before all others, and applies all of them to {@code before} again. */
  void emitFirst(VsmmuState before, VsmmuEvent first) {
    events.addFirst(first);
    state = before;
    for (VsmmuEvent event : events) {
      state = Evolution.evolve(state, event);
    }
  }

  /** The decision that consists of one event. */
  static Decision single(VsmmuState state, VsmmuEvent event) {
    return new Decision.Accepted(List.of(event), Evolution.evolve(state, event));
  }

  Decision accepted() {
    return new Decision.Accepted(events, state);
  }
}
