package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Syntax.Comparator;
import java.util.List;

/**
 * How the truth of a condition develops over the log of a vSMMU, as far as its form says. A
 * condition that rises or falls is found by bisecting.
 */
public enum Growth {
  /** It is always the same. */
  CONSTANT,
  /** Once it holds, it holds for ever. */
  RISING,
  /** Once it does not hold, it never holds again. */
  FALLING,
  /** Nothing is known. */
  UNKNOWN;

  /**
   * Derives the growth of a condition. The atoms are comparisons of a count that never decreases,
   * not even at a reset ({@link Member.Value#grows}), with a constant.
   */
  static Growth of(Term condition) {
    return switch (condition) {
      case Term.Constant _ -> CONSTANT;
      case Term.Not(Term operand) -> of(operand).opposite();
      case Term.Junction(boolean _, List<Term> operands) ->
          operands.stream().map(Growth::of).reduce(CONSTANT, Growth::with);
      case Term.Comparison(Comparator operator, Term left, Term right) -> {
        if (grows(left) && isConstant(right)) {
          yield of(operator, right);
        }
        yield grows(right) && isConstant(left) ? of(reversed(operator), left) : UNKNOWN;
      }
      case Term.Read _,
          Term.Reach _,
          Term.Presence _,
          Term.Membership _,
          Term.Arithmetic _,
          Term.Invert _,
          Term.Change _,
          Term.GroupChange _,
          Term.Quantified _ ->
          UNKNOWN;
    };
  }

  private static Growth of(Comparator operator, Term bound) {
    boolean zero = bound instanceof Term.Constant(ValueType _, Object value) && value.equals(0L);
    return switch (operator) {
      case GREATER, AT_LEAST -> RISING;
      case LESS, AT_MOST -> FALLING;
      case DIFFERENT -> zero ? RISING : UNKNOWN;
      case EQUAL -> zero ? FALLING : UNKNOWN;
      case CONTAINS -> UNKNOWN;
    };
  }

  private static Comparator reversed(Comparator operator) {
    return switch (operator) {
      case LESS -> Comparator.GREATER;
      case AT_MOST -> Comparator.AT_LEAST;
      case GREATER -> Comparator.LESS;
      case AT_LEAST -> Comparator.AT_MOST;
      case EQUAL, DIFFERENT, CONTAINS -> operator;
    };
  }

  private static boolean grows(Term term) {
    return term instanceof Term.Read(Target.Plain target) && target.member().grows();
  }

  private static boolean isConstant(Term term) {
    return term instanceof Term.Constant;
  }

  private Growth opposite() {
    return switch (this) {
      case RISING -> FALLING;
      case FALLING -> RISING;
      case CONSTANT, UNKNOWN -> this;
    };
  }

  /** The growth of a junction, {@code and} or {@code or}, of two conditions. */
  private Growth with(Growth other) {
    if (this == other || other == CONSTANT) {
      return this;
    }
    return this == CONSTANT ? other : UNKNOWN;
  }
}
