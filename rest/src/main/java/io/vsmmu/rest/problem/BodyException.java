package io.vsmmu.rest.problem;

import java.io.IOException;

/** A body that is not read to its end, because it is too large or too slow. */
public abstract sealed class BodyException extends IOException
    permits BodyTooLargeException, BodyTooSlowException {

  private static final long serialVersionUID = 1L;

  BodyException(String message) {
    super(message);
  }

  public abstract ProblemException problem();
}
