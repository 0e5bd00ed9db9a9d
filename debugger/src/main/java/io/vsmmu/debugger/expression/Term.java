package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Syntax.Comparator;
import io.vsmmu.debugger.expression.Syntax.Function;
import io.vsmmu.debugger.expression.Syntax.Operator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression whose names and types are known. {@link Evaluation} gives its value; the types of
 * the operands are those that {@link Checker} requires.
 */
sealed interface Term {

  ValueType type();

  record Constant(ValueType type, Object value) implements Term {}

  /** A plain value; if there are several, a list of them. */
  record Read(Target.Plain target) implements Term {
    @Override
    public ValueType type() {
      return target.member().type();
    }
  }

  /** Anything that a path leads to, whose presence alone matters. */
  record Reach(Target target) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  record Not(Term operand) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  record Junction(boolean and, List<Term> operands) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  /**
   * {@code == null}, {@code != null}.
   *
   * @param absent whether the operand has to be absent
   */
  record Presence(Term operand, boolean absent) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  record Comparison(Comparator operator, Term left, Term right) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  record Membership(Term subject, boolean negated, List<Choice> choices) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  /**
   * A value, or a range with both ends.
   *
   * @param last null for a single value
   */
  record Choice(Term first, @Nullable Term last) {}

  record Arithmetic(Operator operator, Term left, Term right) implements Term {
    @Override
    public ValueType type() {
      return ValueType.NUMBER;
    }
  }

  record Invert(Term operand) implements Term {
    @Override
    public ValueType type() {
      return ValueType.NUMBER;
    }
  }

  /** Whether a value differs from that before the event. */
  record Change(Term operand) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  /** Whether a value of a group, an item or a list differs from that before the event. */
  record GroupChange(Target target) implements Term {
    @Override
    public ValueType type() {
      return ValueType.TRUTH;
    }
  }

  /**
   * {@code any}, {@code all} or {@code count}.
   *
   * @param level of its items, see {@link Access.Base.Item}
   * @param condition null if every item counts
   */
  record Quantified(Function function, Target.Listed list, int level, @Nullable Term condition)
      implements Term {
    @Override
    public ValueType type() {
      return function == Function.COUNT ? ValueType.NUMBER : ValueType.TRUTH;
    }
  }
}
