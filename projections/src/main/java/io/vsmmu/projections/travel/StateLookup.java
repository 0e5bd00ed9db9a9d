package io.vsmmu.projections.travel;

import java.util.Optional;

/** Result of looking for a state at a point of a vSMMU's log. */
public sealed interface StateLookup {

  record Found(StateAtEvent moment) implements StateLookup {}

  /**
   * The point lies before the vSMMU's first event.
   *
   * @param firstPosition position of the first event
   */
  record BeforeFirst(LogPoint asked, long firstPosition) implements StateLookup {}

  /**
   * The point lies after the end of the log.
   *
   * @param headPosition last position of the whole log
   */
  record BeyondHead(LogPoint asked, long headPosition) implements StateLookup {}

  /** No vSMMU with this number has an event. */
  record NoEvents(int vsmmu) implements StateLookup {}

  /** The state, empty unless this is {@link Found}. */
  default Optional<StateAtEvent> found() {
    return this instanceof Found it ? Optional.of(it.moment()) : Optional.empty();
  }
}
