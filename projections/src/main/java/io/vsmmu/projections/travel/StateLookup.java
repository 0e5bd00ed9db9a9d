package io.vsmmu.projections.travel;

import java.util.Optional;

/** What looking for a state gave. */
public sealed interface Lookup {

  /** There is one. */
  record Found(Moment moment) implements Lookup {}

  /**
   * The vSMMU had no event yet at that place.
   *
   * @param firstPosition position of its first event
   */
  record BeforeFirst(When asked, long firstPosition) implements Lookup {}

  /**
   * The log does not reach that far.
   *
   * @param headPosition last position of the whole log
   * @param lastSequence last sequence of the vSMMU
   */
  record BeyondHead(When asked, long headPosition, long lastSequence) implements Lookup {}

  /** There are no events of such a vSMMU. */
  record NoEvents(int vsmmu) implements Lookup {}

  /** The moment, if there is one. */
  default Optional<Moment> found() {
    return this instanceof Found it ? Optional.of(it.moment()) : Optional.empty();
  }
}
