package io.vsmmu.projections.travel;

import java.util.Optional;

/** What looking for a state gave. */
public sealed interface StateLookup {

  /** There is one. */
  record Found(StateAtEvent moment) implements StateLookup {}

  /**
   * The vSMMU had no event yet at that place.
   *
   * @param firstPosition position of its first event
   */
  record BeforeFirst(LogPoint asked, long firstPosition) implements StateLookup {}

  /**
   * The log does not reach that far.
   *
   * @param headPosition last position of the whole log
   * @param lastSequence last sequence of the vSMMU
   */
  record BeyondHead(LogPoint asked, long headPosition, long lastSequence) implements StateLookup {}

  /** There are no events of such a vSMMU. */
  record NoEvents(int vsmmu) implements StateLookup {}

  /** The moment, if there is one. */
  default Optional<StateAtEvent> found() {
    return this instanceof Found it ? Optional.of(it.moment()) : Optional.empty();
  }
}
