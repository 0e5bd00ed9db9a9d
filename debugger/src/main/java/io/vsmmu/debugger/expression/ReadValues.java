package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Access.Base;
import io.vsmmu.debugger.expression.Evaluation.Frame;
import io.vsmmu.debugger.expression.Expression.ReadValue;
import io.vsmmu.projections.view.Hex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values that a condition reads at a moment. Of {@code any}, {@code all} and {@code
 * count} they are those of the items that make the condition what it is: the items for which it
 * changed with the event, or, if there are none, those for which it holds, of {@code any} the
 * first.
 */
final class ReadValues {

  /** The most values of one hit; further ones are left out. */
  private static final int SHOWN = 16;

  /** The most items of one list whose values are shown. */
  private static final int ITEMS = 4;

  /** Stands for an item or a group, whose values are too many. */
  private static final String PRESENT = "present";

  private final Moment moment;
  private final Map<String, ReadValue> values = new LinkedHashMap<>();

  /** The paths of the items of the enclosing quantifiers, the outermost first. */
  private final List<String> items = new ArrayList<>();

  private ReadValues(Moment moment) {
    this.moment = moment;
  }

  static List<ReadValue> of(Term condition, Moment moment) {
    ReadValues read = new ReadValues(moment);
    try {
      read.visit(condition, new Scope(null, null));
    } catch (CostlyExpressionException costly) {
      // The condition itself was evaluated within the limit: what was read so far is shown.
      return read.collected();
    }
    return read.collected();
  }

  private List<ReadValue> collected() {
    return List.copyOf(values.values());
  }

  /** The items of the enclosing quantifiers after and before the event. */
  private record Scope(@Nullable Frame now, @Nullable Frame before) {

    Scope inside(Target.Listed list, Pair pair) {
      return new Scope(
          Frame.inside(now, list, pair.now()), Frame.inside(before, list, pair.before()));
    }
  }

  /** An item after and before the event; null where it is absent. */
  private record Pair(@Nullable Object now, @Nullable Object before) {}

  private void visit(Term term, Scope scope) {
    switch (term) {
      case Term.Constant _ -> {}
      case Term.Read(Target.Plain target) -> plain(target, scope);
      case Term.Reach(Target target) -> reach(target, scope);
      case Term.Not(Term operand) -> visit(operand, scope);
      case Term.Invert(Term operand) -> visit(operand, scope);
      case Term.Presence(Term operand, boolean _) -> visit(operand, scope);
      case Term.Junction(boolean _, List<Term> operands) ->
          operands.forEach(operand -> visit(operand, scope));
      case Term.Comparison(Syntax.Comparator _, Term left, Term right) -> {
        visit(left, scope);
        visit(right, scope);
      }
      case Term.Arithmetic(Syntax.Operator _, Term left, Term right) -> {
        visit(left, scope);
        visit(right, scope);
      }
      case Term.Membership(Term subject, boolean _, List<Term.Choice> choices) -> {
        visit(subject, scope);
        for (Term.Choice choice : choices) {
          visit(choice.first(), scope);
          Term last = choice.last();
          if (last != null) {
            visit(last, scope);
          }
        }
      }
      case Term.Change(Term operand) -> visit(operand, scope);
      case Term.GroupChange(Target target) -> reach(target, scope);
      case Term.Quantified it -> quantified(it, scope);
    }
  }

  private void plain(Target.Plain target, Scope scope) {
    Access access = target.access();
    Member.Value member = target.member();
    add(
        path(access),
        hasBefore(access, scope),
        member.shown(before(access, scope)),
        member.shown(now(access, scope)));
  }

  private void reach(Target target, Scope scope) {
    if (target instanceof Target.Plain plain) {
      plain(plain, scope);
      return;
    }
    Access access = target.access();
    add(
        path(access),
        hasBefore(access, scope),
        presence(before(access, scope)),
        presence(now(access, scope)));
  }

  private static @Nullable String presence(@Nullable Object reached) {
    return reached == null ? null : PRESENT;
  }

  private void add(String path, boolean hasBefore, @Nullable Object before, @Nullable Object now) {
    if (values.size() < SHOWN) {
      values.putIfAbsent(path, new ReadValue(path, hasBefore, hasBefore ? before : null, now));
    }
  }

  private @Nullable Object now(Access access, Scope scope) {
    return Evaluation.reach(access, moment, scope.now());
  }

  private @Nullable Object before(Access access, Scope scope) {
    return Evaluation.reach(access, moment.previous(), scope.before());
  }

  private String path(Access access) {
    return access.base() instanceof Base.Item(int level)
        ? items.get(level) + "." + access.text()
        : access.text();
  }

  /** Whether there is such a value before the event: the event itself and its moment are new. */
  private static boolean hasBefore(Access access, Scope scope) {
    return switch (access.base()) {
      case Base.Event _ -> false;
      case Base.State _ -> !StateNames.ofMoment(access.text());
      case Base.Item(int level) -> {
        Frame frame = scope.now();
        yield frame == null || hasBefore(frame.at(level).list().access(), scope);
      }
    };
  }

  private void quantified(Term.Quantified it, Scope scope) {
    Target.Listed list = it.list();
    Term condition = it.condition();
    boolean hasBefore = hasBefore(list.access(), scope);
    Map<Long, Pair> changed = new LinkedHashMap<>();
    Map<Long, Pair> holding = new LinkedHashMap<>();
    for (Map.Entry<Long, Pair> entry : pairs(list, scope).entrySet()) {
      Pair pair = entry.getValue();
      Scope inner = scope.inside(list, pair);
      boolean now = pair.now() != null && holds(condition, moment, inner.now());
      boolean before = pair.before() != null && holds(condition, moment.previous(), inner.before());
      if (now != before && hasBefore) {
        changed.put(entry.getKey(), pair);
      }
      if (now) {
        holding.put(entry.getKey(), pair);
      }
    }
    boolean showsHolding = changed.isEmpty() && it.function() != Syntax.Function.ALL;
    // One item is enough for any; the others would say the same.
    int most = showsHolding && it.function() == Syntax.Function.ANY ? 1 : ITEMS;
    (showsHolding ? holding : changed)
        .entrySet().stream()
            .limit(most)
            .forEach(
                shown -> {
                  Pair pair = shown.getValue();
                  String path = path(list, shown.getKey());
                  if (condition == null) {
                    add(path, hasBefore, presence(pair.before()), presence(pair.now()));
                  } else {
                    items.add(path);
                    visit(condition, scope.inside(list, pair));
                    items.removeLast();
                  }
                });
  }

  private boolean holds(@Nullable Term condition, Moment at, @Nullable Frame frame) {
    at.check().run();
    return condition == null || Evaluation.holds(condition, at, frame);
  }

  /** The items of a list after and before the event, by their keys; those of the event are new. */
  private Map<Long, Pair> pairs(Target.Listed list, Scope scope) {
    Map<Long, Pair> pairs = new LinkedHashMap<>();
    Collection<?> present = collection(now(list.access(), scope));
    if (!hasBefore(list.access(), scope)) {
      present.forEach(item -> pairs.put((long) pairs.size(), new Pair(item, null)));
      return pairs;
    }
    Member.Items of = list.items();
    for (Object item : present) {
      pairs.put(Sameness.key(of, moment, item), new Pair(item, null));
    }
    for (Object item : collection(before(list.access(), scope))) {
      pairs.merge(
          Sameness.key(of, moment.previous(), item),
          new Pair(null, item),
          (now, before) -> new Pair(now.now(), before.before()));
    }
    return pairs;
  }

  private static Collection<?> collection(@Nullable Object reached) {
    return reached instanceof Collection<?> found ? found : List.of();
  }

  /** The path of an item, as the language has it. */
  private String path(Target.Listed list, long key) {
    Member.Items of = list.items();
    boolean hexadecimal =
        of.shape().member(of.key()).orElse(null) instanceof Member.Value value
            && value.form() == Member.Form.HEXADECIMAL;
    return path(list.owner()) + (hexadecimal ? "[\"%s\"]".formatted(Hex.of(key)) : "[" + key + "]");
  }
}
