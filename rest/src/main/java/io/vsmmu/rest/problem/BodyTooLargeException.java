package io.vsmmu.rest.problem;

/** A body that is longer than its path accepts. */
public final class BodyTooLargeException extends BodyException {

  private static final long serialVersionUID = 1L;

  private final long most;

  /**
   * @param most the greatest length in bytes
   */
  public BodyTooLargeException(long most) {
    super("more than " + most + " bytes");
    this.most = most;
  }

  @Override
  public ProblemException problem() {
    return ProblemException.of(
        ProblemType.BODY_TOO_LARGE, "body", getMessage(), "at most " + most + " bytes");
  }
}
