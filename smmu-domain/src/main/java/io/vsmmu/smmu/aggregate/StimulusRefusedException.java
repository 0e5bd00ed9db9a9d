package io.vsmmu.smmu.aggregate;

import io.vsmmu.problem.Problem;

/** A vSMMU refused an operator's request in its present state; nothing changed. */
public final class StimulusRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public StimulusRefusedException(Problem problem) {
    super(problem.refusal());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
