package io.vsmmu.debugger.expression;

/**
 * The limits of an expression. One that exceeds them is refused before it is evaluated, but for
 * {@link #ITEMS}, which depends on the log.
 */
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

  /**
   * Items at which {@code any}, {@code all} and {@code count} look in the evaluation at one event,
   * over all of them. The search ends with an error where more would be needed.
   */
  public static final int ITEMS = 1 << 18;

  private ExpressionLimits() {}
}
