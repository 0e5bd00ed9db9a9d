package io.vsmmu.rest.problem;

/** A body of which nothing, or too little, was received in time. */
public final class BodyTooSlowException extends BodyException {

  private static final long serialVersionUID = 1L;

  private final String least;

  /**
   * @param seen what came
   * @param least what has to come
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
