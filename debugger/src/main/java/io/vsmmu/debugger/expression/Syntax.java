package io.vsmmu.debugger.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an expression says, before it is known what its names mean. */
sealed interface Syntax {

  /** The part of the text that this was read from. */
  Span span();

  /** An unsigned number of 64 bits. */
  record Number(Span span, long value) implements Syntax {}

  record Text(Span span, String value) implements Syntax {}

  record Truth(Span span, boolean value) implements Syntax {}

  /** The literal {@code null}: no value. */
  record Nothing(Span span) implements Syntax {}

  /** A name and what follows it: {@code streams["0x900"].ste[0]}. */
  record Path(Span span, List<Step> steps) implements Syntax {

    /** One step of a path. */
    sealed interface Step {
      Span span();
    }

    record Name(Span span, String name) implements Step {}

    /** A key in brackets: a number, or a text which may be one. */
    record Key(Span span, Token token) implements Step {}
  }

  record Not(Span span, Syntax operand) implements Syntax {}

  /** {@code ~}, all bits inverted. */
  record Invert(Span span, Syntax operand) implements Syntax {}

  /** Operands with {@code and}, or {@code or}, between them. */
  record Junction(Span span, boolean and, List<Syntax> operands) implements Syntax {}

  record Comparison(Span span, Comparator operator, Syntax left, Syntax right) implements Syntax {}

  record Arithmetic(Span span, Operator operator, Syntax left, Syntax right) implements Syntax {}

  /** {@code x in [1, 4..7]}. */
  record Membership(Span span, Syntax subject, boolean negated, List<Choice> choices)
      implements Syntax {}

  /**
   * One of the values of a membership, or a range of them.
   *
   * @param last the last value of the range; null for a single value
   */
  record Choice(Syntax first, @Nullable Syntax last) {}

  record Call(Span span, Function function, List<Syntax> arguments) implements Syntax {}

  /** The comparisons. */
  enum Comparator {
    EQUAL("=="),
    DIFFERENT("!="),
    LESS("<"),
    AT_MOST("<="),
    GREATER(">"),
    AT_LEAST(">="),
    CONTAINS("contains");

    private final String symbol;

    Comparator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  /** The operators of arithmetic on 64 bits, those in one group of equal precedence. */
  enum Operator {
    OR("|"),
    XOR("^"),
    AND("&"),
    SHIFT_LEFT("<<"),
    SHIFT_RIGHT(">>"),
    PLUS("+"),
    MINUS("-"),
    TIMES("*"),
    DIVIDED("/"),
    REMAINDER("%");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  /** The functions. */
  enum Function {
    /** Whether a value of the state differs from that before the event. */
    CHANGED("changed"),
    /** Whether a condition holds for one item of a list. */
    ANY("any"),
    /** Whether a condition holds for all items of a list. */
    ALL("all"),
    /** The number of items of a list, or of those for which a condition holds. */
    COUNT("count");

    private final String label;

    Function(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}
