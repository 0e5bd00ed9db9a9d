package io.vsmmu.debugger.expression;

import io.vsmmu.problem.Problem;

/** The evaluation of an expression at one event takes more steps than it may. */
public final class CostlyExpressionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  CostlyExpressionException(String expression, long position) {
    super("The expression takes too many steps at position " + position);
    this.problem =
        new Problem(
            "expression",
            expression,
            ("one that looks at no more than %,d items at one event; this one looks at more at"
                    + " position %d. Nest any, all and count less, or put conditions that rule"
                    + " most items out in front of an inner one")
                .formatted(ExpressionLimits.ITEMS, position));
  }

  /** What is wrong, with the limit and the position of the event. */
  public Problem problem() {
    return problem;
  }
}
