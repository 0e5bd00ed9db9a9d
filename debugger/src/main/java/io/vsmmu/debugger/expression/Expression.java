package io.vsmmu.debugger.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A condition over the state and the events of a vSMMU. Immutable and thread-safe. */
public final class Expression {

  /** Values of an expression that are shown; further ones are left out. */
  private static final int SHOWN = 16;

  private final String text;
  private final Term condition;

  /** The plain values that it reads from the state or the event, by their paths. */
  private final Map<String, Target.Plain> values = new LinkedHashMap<>();

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

  /** Whether it holds at a moment; total. */
  public boolean holds(Moment moment) {
    return Evaluation.holds(condition, moment);
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

  /** How its truth develops over a log. */
  public Growth growth() {
    return isOccurrence() ? Growth.UNKNOWN : Growth.of(condition);
  }

  /**
   * A value that the expression reads, before and after an event.
   *
   * @param path as it is written in the expression
   * @param before null if it was absent, and for values of the event
   * @param after null if it is absent
   */
  public record ReadValue(String path, @Nullable Object before, @Nullable Object after) {}

  /**
   * The values that the expression reads from the state and the event, as {@code state} and {@code
   * events} show them, at most 16. Those that it reads from the items of {@code any}, {@code all}
   * and {@code count} are not among them.
   */
  public List<ReadValue> values(Moment moment) {
    List<ReadValue> read = new ArrayList<>();
    values.forEach(
        (path, target) -> {
          Access access = target.access();
          Member.Value member = target.member();
          read.add(
              new ReadValue(
                  path,
                  member.shown(Evaluation.reach(access, moment.previous())),
                  member.shown(Evaluation.reach(access, moment))));
        });
    return read;
  }

  private void visit(Term term) {
    switch (term) {
      case Term.Constant _ -> {}
      case Term.Read(Target.Plain target) -> {
        visit(target.access());
        if (!(target.access().base() instanceof Access.Base.Item) && values.size() < SHOWN) {
          values.putIfAbsent(target.access().text(), target);
        }
      }
      case Term.Reach(Access access) -> visit(access);
      case Term.Not(Term operand) -> visit(operand);
      case Term.Invert(Term operand) -> visit(operand);
      case Term.Presence(Term operand, boolean _) -> visit(operand);
      case Term.Junction(boolean _, List<Term> operands) -> operands.forEach(this::visit);
      case Term.Comparison(Syntax.Comparator _, Term left, Term right) -> {
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
          if (last != null) {
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
        visit(it.list().access());
        Term inner = it.condition();
        if (inner != null) {
          visit(inner);
        }
      }
    }
  }

  private void visit(Access access) {
    switch (access.base()) {
      case Access.Base.State _ -> readsState = true;
      case Access.Base.Event _ -> readsEvent = true;
      case Access.Base.Item _ -> {}
    }
  }
}
