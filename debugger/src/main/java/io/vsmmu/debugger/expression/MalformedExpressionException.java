package io.vsmmu.debugger.expression;

import io.vsmmu.problem.Problem;

/** An expression, or a path, that does not parse or has no meaning. */
public final class MalformedExpressionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The field of the problem. */
  private static final String FIELD = "expression";

  private final int offset;
  private final int end;
  private final String found;
  private final String expected;

  /**
   * @param at where the error is
   * @param found what is there
   * @param expected what could be there instead
   */
  MalformedExpressionException(Span at, String found, String expected) {
    super("At character %d: %s; expected: %s".formatted(at.offset() + 1, found, expected));
    this.offset = at.offset();
    this.end = at.end();
    this.found = found;
    this.expected = expected;
  }

  /** Index of the first character that is wrong, from 0; the text's length if its end is. */
  public int offset() {
    return offset;
  }

  /** Index behind the last character that is wrong. */
  public int end() {
    return end;
  }

  /** The error as a problem of the field {@code expression}. */
  public Problem problem() {
    return new Problem(FIELD, "at character %d: %s".formatted(offset + 1, found), expected);
  }
}
