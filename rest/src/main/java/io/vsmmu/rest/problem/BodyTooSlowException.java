package io.vsmmu.rest.problem;

/** A body of which nothing, or too little, was received in time. */
public final class BodyTooSlowException extends BodyException {

  private static final long serialVersionUID = 1L;

  private final String least;

  /**
   * @param seen what was received, for the client
   * @param least the required rate, for the client
   */
  public BodyTooSlowException(String seen, String least) {
    super(seen);
    this.least = least;
  }

  @Override
  public ProblemException problem() {
    return ProblemException.of(ProblemType.BODY_TOO_SLOW, "body", getMessage(), least);
  }
}
