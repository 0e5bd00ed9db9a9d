package io.vsmmu.debugger.expression;

/** The limits of an expression. One that exceeds them is refused before it is evaluated. */
public final class ExpressionLimits {

  /** UTF-16 characters of an expression. */
  public static final int CHARACTERS = 4096;

  /** Parentheses, calls and prefix operators within each other. */
  public static final int DEPTH = 64;

  /** Names, numbers, strings, operators and brackets of an expression together. */
  public static final int WORDS = 1024;

  /**
   * {@code any}, {@code all} and {@code count} within each other. The time of an evaluation is the
   * product of the lengths of their lists.
   */
  public static final int QUANTIFIERS = 3;

  private ExpressionLimits() {}
}
