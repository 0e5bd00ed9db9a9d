package io.vsmmu.rest.value;

import java.time.Instant;

/**
 * A point of a log as a request writes it. Whose log that is, and so what a bookmark means, is
 * known where the request's vSMMU is: {@code VsmmuDirectory} finds the point.
 */
public sealed interface GivenPoint permits GivenPoint.AtInstant, GivenPosition {

  /** A time; one after the newest event means the newest event. */
  record AtInstant(Instant instant) implements GivenPoint {}
}
