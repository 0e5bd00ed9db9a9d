package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Access.Base;
import io.vsmmu.debugger.expression.Access.Link;
import io.vsmmu.debugger.expression.Syntax.Comparator;
import io.vsmmu.debugger.expression.Syntax.Operator;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of an expression at a moment. Evaluation is total: what does not exist is absent, a
 * comparison with an absent value is false, arithmetic with one is absent, and so is a division by
 * zero.
 *
 * <p>A value is a {@link Long}, a {@link String}, a {@link Boolean}, a {@link List} of them, or
 * null for an absent one.
 */
final class Evaluation {

  private static final int BITS = 64;

  private Evaluation() {}

  /**
   * The item of an enclosing quantifier.
   *
   * @param outer that of the quantifier around it, null for the outermost
   * @param level 0 for the outermost
   * @param item null where the moment before did not have it
   */
  record Frame(@Nullable Frame outer, int level, Target.Listed list, @Nullable Object item) {

    static Frame inside(@Nullable Frame outer, Target.Listed list, @Nullable Object item) {
      return new Frame(outer, outer == null ? 0 : outer.level + 1, list, item);
    }

    Frame at(int wanted) {
      Frame frame = this;
      while (frame.level > wanted) {
        frame = Objects.requireNonNull(frame.outer);
      }
      return frame;
    }
  }

  /** Whether a condition holds; an absent value does not. */
  static boolean holds(Term condition, Moment moment) {
    return holds(condition, moment, null);
  }

  /** What a path from the state or the event leads to; null if it is absent. */
  static @Nullable Object reach(Access access, Moment moment) {
    return reach(access, moment, null);
  }

  /** The same within enclosing quantifiers. */
  static boolean holds(Term condition, Moment moment, @Nullable Frame frame) {
    return Boolean.TRUE.equals(value(condition, moment, frame));
  }

  private static @Nullable Object value(Term term, Moment moment, @Nullable Frame frame) {
    return switch (term) {
      case Term.Constant(ValueType _, Object value) -> value;
      case Term.Read(Target.Plain target) -> reach(target.access(), moment, frame);
      case Term.Reach(Target target) -> reach(target.access(), moment, frame);
      case Term.Not(Term operand) -> !holds(operand, moment, frame);
      case Term.Junction(boolean and, List<Term> operands) ->
          junction(and, operands, moment, frame);
      case Term.Presence(Term operand, boolean absent) ->
          (value(operand, moment, frame) == null) == absent;
      case Term.Comparison(Comparator operator, Term left, Term right) ->
          compare(operator, left.type(), value(left, moment, frame), value(right, moment, frame));
      case Term.Membership(Term subject, boolean negated, List<Term.Choice> choices) ->
          membership(subject, negated, choices, moment, frame);
      case Term.Arithmetic(Operator operator, Term left, Term right) ->
          arithmetic(operator, value(left, moment, frame), value(right, moment, frame));
      case Term.Invert(Term operand) ->
          value(operand, moment, frame) instanceof Long number ? (Long) ~number : null;
      case Term.Change(Term operand) ->
          !Objects.equals(
              value(operand, moment, frame),
              value(operand, moment.previous(), previous(frame, moment)));
      case Term.GroupChange(Target target) -> {
        Moment before = moment.previous();
        yield !Sameness.of(
            target,
            before,
            reach(target.access(), before, previous(frame, moment)),
            moment,
            reach(target.access(), moment, frame));
      }
      case Term.Quantified quantified -> quantified(quantified, moment, frame);
    };
  }

  private static boolean junction(
      boolean and, List<Term> operands, Moment moment, @Nullable Frame frame) {
    for (Term operand : operands) {
      if (holds(operand, moment, frame) != and) {
        return !and;
      }
    }
    return and;
  }

  private static boolean membership(
      Term subject,
      boolean negated,
      List<Term.Choice> choices,
      Moment moment,
      @Nullable Frame frame) {
    Object value = value(subject, moment, frame);
    if (value == null) {
      return false;
    }
    for (Term.Choice choice : choices) {
      Object first = value(choice.first(), moment, frame);
      Term end = choice.last();
      boolean within =
          end == null
              ? compare(Comparator.EQUAL, subject.type(), value, first)
              : isWithin(subject.type(), value, first, value(end, moment, frame));
      if (within) {
        return !negated;
      }
    }
    return negated;
  }

  private static boolean isWithin(
      ValueType type, Object value, @Nullable Object first, @Nullable Object last) {
    if (value instanceof List<?> several) {
      return several.stream().anyMatch(one -> isWithin(type, one, first, last));
    }
    return compare(Comparator.AT_LEAST, type, value, first)
        && compare(Comparator.AT_MOST, type, value, last);
  }

  /** Of lists, whether it holds for one of their values. */
  private static boolean compare(
      Comparator operator, ValueType type, @Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return false;
    }
    if (left instanceof List<?> several) {
      for (Object one : several) {
        if (compare(operator, type, one, right)) {
          return true;
        }
      }
      return false;
    }
    if (right instanceof List<?> several) {
      for (Object one : several) {
        if (compare(operator, type, left, one)) {
          return true;
        }
      }
      return false;
    }
    return switch (operator) {
      case EQUAL -> left.equals(right);
      case DIFFERENT -> !left.equals(right);
      case LESS -> order(type, left, right) < 0;
      case AT_MOST -> order(type, left, right) <= 0;
      case GREATER -> order(type, left, right) > 0;
      case AT_LEAST -> order(type, left, right) >= 0;
      case CONTAINS -> ((String) left).contains((String) right);
    };
  }

  private static int order(ValueType type, Object left, Object right) {
    return type == ValueType.INSTANT
        ? Long.compare((Long) left, (Long) right)
        : Long.compareUnsigned((Long) left, (Long) right);
  }

  private static @Nullable Long arithmetic(
      Operator operator, @Nullable Object left, @Nullable Object right) {
    if (!(left instanceof Long a) || !(right instanceof Long b)) {
      return null;
    }
    return switch (operator) {
      case OR -> a | b;
      case XOR -> a ^ b;
      case AND -> a & b;
      case SHIFT_LEFT -> shiftsOut(b) ? 0L : (Long) (a << b);
      case SHIFT_RIGHT -> shiftsOut(b) ? 0L : (Long) (a >>> b);
      case PLUS -> a + b;
      case MINUS -> a - b;
      case TIMES -> a * b;
      case DIVIDED -> b == 0 ? null : (Long) Long.divideUnsigned(a, b);
      case REMAINDER -> b == 0 ? null : (Long) Long.remainderUnsigned(a, b);
    };
  }

  private static boolean shiftsOut(long by) {
    return Long.compareUnsigned(by, BITS) >= 0;
  }

  private static Object quantified(Term.Quantified it, Moment moment, @Nullable Frame frame) {
    Collection<?> items =
        reach(it.list().access(), moment, frame) instanceof Collection<?> found ? found : List.of();
    Term condition = it.condition();
    return switch (it.function()) {
      case ANY -> items.stream().anyMatch(item -> fulfils(it, condition, item, moment, frame));
      case ALL -> items.stream().allMatch(item -> fulfils(it, condition, item, moment, frame));
      case COUNT ->
          items.stream().filter(item -> fulfils(it, condition, item, moment, frame)).count();
      case CHANGED -> throw new IllegalArgumentException("changed is no quantifier");
    };
  }

  private static boolean fulfils(
      Term.Quantified it,
      @Nullable Term condition,
      Object item,
      Moment moment,
      @Nullable Frame frame) {
    moment.check().run();
    return condition == null || holds(condition, moment, Frame.inside(frame, it.list(), item));
  }

  /** The same within enclosing quantifiers. */
  static @Nullable Object reach(Access access, Moment moment, @Nullable Frame frame) {
    Object reached =
        switch (access.base()) {
          case Base.State _ -> moment.state();
          case Base.Event _ -> moment.event();
          case Base.Item(int level) -> Objects.requireNonNull(frame).at(level).item();
        };
    for (Link link : access.links()) {
      if (reached == null) {
        return null;
      }
      reached =
          switch (link) {
            case Link.Read(Member.Reader reader) -> reader.read(moment, reached);
            case Link.Every(Member.Items items) -> items.all().of(moment, reached);
            case Link.Find(Member.Items items, long key) ->
                items.finder().find(moment, reached, key);
            case Link.Index(long index) -> element((List<?>) reached, index);
          };
    }
    return reached;
  }

  /** The items with the same keys before the event. */
  private static @Nullable Frame previous(@Nullable Frame frame, Moment moment) {
    if (frame == null) {
      return null;
    }
    Frame outer = previous(frame.outer, moment);
    Member.Items items = frame.list.items();
    Moment before = moment.previous();
    Object owner = reach(frame.list.owner(), before, outer);
    Object item =
        owner == null || frame.item == null
            ? null
            : items.finder().find(before, owner, Sameness.key(items, moment, frame.item));
    return new Frame(outer, frame.level, frame.list, item);
  }

  private static @Nullable Object element(List<?> values, long index) {
    return index >= 0 && index < values.size() ? values.get((int) index) : null;
  }
}
