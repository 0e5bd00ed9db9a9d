package io.vsmmu.debugger.expression;

import io.vsmmu.projections.travel.LogEvent;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A condition over the state and the events of a vSMMU. Immutable and thread-safe. */
public final class Expression {

  /** Evaluations of the condition that collecting its values may take. */
  private static final int VALUES = 4;

  private final String text;
  private final Term condition;

  /** The number of quantifiers within each other. */
  private int levels;

  /** StreamIDs that it names, as keys and beside {@code sid}. */
  private final Set<Long> streamIds = new LinkedHashSet<>();

  private boolean readsState;
  private boolean readsEvent;
  private boolean comparesStates;

  private Expression(String text) {
    this.text = text;
    this.condition = Checker.condition(text);
    visit(condition);
  }

  /**
   * Parses a condition; docs/find.md describes the language.
   *
   * @throws MalformedExpressionException if it does not parse, names what does not exist or has the
   *     wrong types, with the place
   */
  public static Expression of(String text) {
    return new Expression(text);
  }

  /** The expression as it was written. */
  public String text() {
    return text;
  }

  /**
   * Whether it holds at a moment; total.
   *
   * @throws CostlyExpressionException if it looks at more items than {@link ExpressionLimits#ITEMS}
   */
  public boolean holds(Moment moment) {
    return Evaluation.holds(condition, bounded(moment, ExpressionLimits.ITEMS));
  }

  /**
   * Whether it is about something that happens at one event, because it reads the event or compares
   * the states before and after it. Any other condition holds from one event to the next.
   */
  public boolean isOccurrence() {
    return readsEvent || comparesStates;
  }

  /** Whether the state matters to it, so that events have to be folded. */
  public boolean readsState() {
    return readsState || comparesStates;
  }

  /**
   * The StreamIDs that it names: keys of {@code streams} and {@code devices}, and what {@code sid}
   * is compared with.
   */
  public Set<Long> streamIds() {
    return Collections.unmodifiableSet(streamIds);
  }

  /** How its truth develops over a log. */
  public Growth growth() {
    return isOccurrence() ? Growth.UNKNOWN : Growth.of(condition);
  }

  /**
   * A value that the expression reads.
   *
   * @param path as it is written in the expression; within {@code any}, {@code all} and {@code
   *     count} behind that of the item, as in {@code streams["0x900"].fault}
   * @param hasBefore whether there is a value before the event; not for those of the event itself
   * @param before the event; null if it was absent
   * @param after the event; null if it is absent
   */
  public record ReadValue(
      String path, boolean hasBefore, @Nullable Object before, @Nullable Object after) {}

  /**
   * The values that the expression reads at a moment, as {@code state} and {@code events} show
   * them, at most 16. See {@link ReadValues}.
   */
  public List<ReadValue> values(Moment moment) {
    return ReadValues.of(condition, bounded(moment, VALUES * (long) ExpressionLimits.ITEMS));
  }

  /**
   * A moment at which only so many items are looked at, if quantifiers are within each other. A
   * single one looks at each item of a list once.
   */
  private Moment bounded(Moment moment, long items) {
    if (levels < 2) {
      return moment;
    }
    long[] left = {items};
    return moment.checked(
        () -> {
          if (left[0]-- == 0) {
            LogEvent event = moment.event();
            throw new CostlyExpressionException(text, event == null ? 0 : event.position());
          }
        });
  }

  private void visit(Term term) {
    switch (term) {
      case Term.Constant _ -> {}
      case Term.Read(Target.Plain target) -> visit(target.access());
      case Term.Reach(Target target) -> visit(target.access());
      case Term.Not(Term operand) -> visit(operand);
      case Term.Invert(Term operand) -> visit(operand);
      case Term.Presence(Term operand, boolean _) -> visit(operand);
      case Term.Junction(boolean _, List<Term> operands) -> operands.forEach(this::visit);
      case Term.Comparison(Syntax.Comparator operator, Term left, Term right) -> {
        if (operator == Syntax.Comparator.EQUAL) {
          sid(left, right);
          sid(right, left);
        }
        visit(left);
        visit(right);
      }
      case Term.Arithmetic(Syntax.Operator _, Term left, Term right) -> {
        visit(left);
        visit(right);
      }
      case Term.Membership(Term subject, boolean _, List<Term.Choice> choices) -> {
        visit(subject);
        for (Term.Choice choice : choices) {
          visit(choice.first());
          Term last = choice.last();
          if (last == null) {
            sid(subject, choice.first());
          } else {
            visit(last);
          }
        }
      }
      case Term.Change(Term operand) -> {
        comparesStates = true;
        visit(operand);
      }
      case Term.GroupChange(Target target) -> {
        comparesStates = true;
        visit(target.access());
      }
      case Term.Quantified it -> {
        levels = Math.max(levels, it.level() + 1);
        visit(it.list().access());
        Term inner = it.condition();
        if (inner != null) {
          visit(inner);
        }
      }
    }
  }

  /** Remembers a constant that is compared with {@code sid}. */
  private void sid(Term term, Term other) {
    if (term instanceof Term.Read(Target.Plain target)
        && target.member().name().equals(StreamNames.SID)
        && other instanceof Term.Constant(ValueType _, Object value)
        && value instanceof Long sid) {
      streamIds.add(sid);
    }
  }

  private void visit(Access access) {
    for (Access.Link link : access.links()) {
      if (link instanceof Access.Link.Find(Member.Items items, long key)
          && items.key().equals(StreamNames.SID)) {
        streamIds.add(key);
      }
    }
    switch (access.base()) {
      case Access.Base.State _ -> readsState = true;
      case Access.Base.Event _ -> readsEvent = true;
      case Access.Base.Item _ -> {}
    }
  }
}
