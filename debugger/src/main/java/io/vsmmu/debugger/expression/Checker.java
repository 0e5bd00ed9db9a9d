package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Syntax.Comparator;
import io.vsmmu.debugger.expression.Syntax.Function;
import io.vsmmu.problem.NearNames;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives names and types to an expression. Every method throws {@link MalformedExpressionException}
 * where a name does not exist, or where the types do not fit.
 */
final class Checker {

  private final Paths paths;

  /** Shapes of the items of the enclosing quantifiers, the outermost first. */
  private final List<Shape> scopes = new ArrayList<>();

  /** Whether each of {@link #scopes} is of a list of the event. */
  private final List<Boolean> ofEvent = new ArrayList<>();

  private boolean insideChanged;

  private Checker(String text) {
    this.paths = new Paths(text);
  }

  /** The condition that a text says. */
  static Term condition(String text) {
    return new Checker(text).truth(Parser.parse(text));
  }

  private Term truth(Syntax syntax) {
    return expect(syntax, ValueType.TRUTH);
  }

  private Term number(Syntax syntax) {
    Term term = expect(syntax, ValueType.NUMBER);
    if (isSeveral(term)) {
      throw mismatch(syntax.span(), "a list of numbers", "one of them, as in ste[0]");
    }
    return term;
  }

  private Term expect(Syntax syntax, ValueType type) {
    Term term = convert(term(syntax), syntax, type);
    if (term.type() != type) {
      throw mismatch(syntax.span(), term.type().label(), wanted(type));
    }
    return term;
  }

  private static String wanted(ValueType type) {
    return type == ValueType.TRUTH ? "a condition, as in registers.CR0.SMMUEN == 1" : type.label();
  }

  private static MalformedExpressionException mismatch(Span at, String found, String expected) {
    return new MalformedExpressionException(at, found, expected);
  }

  private Term term(Syntax syntax) {
    return switch (syntax) {
      case Syntax.Number(Span _, long value) -> new Term.Constant(ValueType.NUMBER, value);
      case Syntax.Text(Span _, String value) -> new Term.Constant(ValueType.TEXT, value);
      case Syntax.Truth(Span _, boolean value) -> new Term.Constant(ValueType.TRUTH, value);
      case Syntax.Nothing(Span span) -> throw mismatch(span, "null", "null only beside == and !=");
      case Syntax.Path path -> read(path);
      case Syntax.Not(Span _, Syntax operand) -> new Term.Not(truth(operand));
      case Syntax.Invert(Span _, Syntax operand) -> new Term.Invert(number(operand));
      case Syntax.Junction(Span _, boolean and, List<Syntax> operands) ->
          new Term.Junction(and, operands.stream().map(this::truth).toList());
      case Syntax.Comparison comparison -> comparison(comparison);
      case Syntax.Arithmetic(Span _, Syntax.Operator operator, Syntax left, Syntax right) ->
          new Term.Arithmetic(operator, number(left), number(right));
      case Syntax.Membership membership -> membership(membership);
      case Syntax.Call call -> call(call);
    };
  }

  private Term read(Syntax.Path path) {
    return switch (target(path)) {
      case Target.Plain plain -> new Term.Read(plain);
      case Target.Group group ->
          throw mismatch(
              path.span(), "a group of values", "one of them: " + someOf(group.shape().names()));
      case Target.Listed listed ->
          throw mismatch(
              path.span(),
              "a list",
              "one item of it in brackets, or any(%1$s, ...), all(%1$s, ...) or count(%1$s)"
                  .formatted(listed.items().name()));
    };
  }

  private static String someOf(Set<String> names) {
    List<String> first = names.stream().limit(12).toList();
    return String.join(", ", first) + (first.size() < names.size() ? ", ..." : "");
  }

  private Target target(Syntax.Path path) {
    Target target = paths.resolve(path, scopes, !insideChanged);
    if (insideChanged
        && target.access().base() instanceof Access.Base.Item(int level)
        && ofEvent.get(level)) {
      throw mismatch(path.span(), "a value of the event", "a value of the state");
    }
    return target;
  }

  private Term comparison(Syntax.Comparison comparison) {
    boolean nothing =
        comparison.left() instanceof Syntax.Nothing || comparison.right() instanceof Syntax.Nothing;
    if (nothing) {
      return presence(comparison);
    }
    Comparator operator = comparison.operator();
    Term left = term(comparison.left());
    Term right = term(comparison.right());
    left = convert(left, comparison.left(), right.type());
    right = convert(right, comparison.right(), left.type());
    if (left.type() != right.type()) {
      throw mismatch(
          comparison.right().span(),
          right.type().label(),
          "%s, as on the left of %s".formatted(left.type().label(), operator.symbol()));
    }
    switch (operator) {
      case EQUAL, DIFFERENT -> {
        checkConstant(left, right, comparison.right().span());
        checkConstant(right, left, comparison.left().span());
      }
      case LESS, AT_MOST, GREATER, AT_LEAST -> {
        if (left.type() == ValueType.TEXT || left.type() == ValueType.TRUTH) {
          throw mismatch(
              comparison.left().span(),
              left.type().label(),
              "a number or an instant beside " + operator.symbol());
        }
      }
      case CONTAINS -> {
        if (left.type() != ValueType.TEXT) {
          throw mismatch(
              comparison.left().span(), left.type().label(), "a text on the left of contains");
        }
      }
    }
    return new Term.Comparison(operator, left, right);
  }

  private Term presence(Syntax.Comparison comparison) {
    boolean absent =
        switch (comparison.operator()) {
          case EQUAL -> true;
          case DIFFERENT -> false;
          case LESS, AT_MOST, GREATER, AT_LEAST, CONTAINS ->
              throw mismatch(
                  comparison.span(),
                  "null beside " + comparison.operator().symbol(),
                  "== or != beside null");
        };
    Syntax operand =
        comparison.left() instanceof Syntax.Nothing ? comparison.right() : comparison.left();
    if (operand instanceof Syntax.Path path) {
      return new Term.Presence(new Term.Reach(target(path)), absent);
    }
    return new Term.Presence(term(operand), absent);
  }

  private Term membership(Syntax.Membership membership) {
    Term subject = term(membership.subject());
    List<Term.Choice> choices = new ArrayList<>();
    for (Syntax.Choice choice : membership.choices()) {
      Term first = choice(subject, choice.first());
      Syntax end = choice.last();
      if (end != null
          && subject.type() != ValueType.NUMBER
          && subject.type() != ValueType.INSTANT) {
        throw mismatch(end.span(), "a range of " + subject.type().label(), "single values");
      }
      choices.add(new Term.Choice(first, end == null ? null : choice(subject, end)));
    }
    return new Term.Membership(subject, membership.negated(), List.copyOf(choices));
  }

  private Term choice(Term subject, Syntax syntax) {
    Term term = convert(term(syntax), syntax, subject.type());
    if (term.type() != subject.type()) {
      throw mismatch(
          syntax.span(),
          term.type().label(),
          "%s, as on the left of in".formatted(subject.type().label()));
    }
    if (isSeveral(term)) {
      throw mismatch(syntax.span(), "a list of values", "single values");
    }
    checkConstant(subject, term, syntax.span());
    return term;
  }

  /** A string where a number or an instant is wanted, as in the answers of the REST interface. */
  private static Term convert(Term term, Syntax syntax, ValueType wanted) {
    if (!(term instanceof Term.Constant(ValueType type, Object value)) || type != ValueType.TEXT) {
      return term;
    }
    String text = (String) value;
    return switch (wanted) {
      case NUMBER ->
          Lexer.value(text)
              .<Term>map(number -> new Term.Constant(ValueType.NUMBER, number))
              .orElseThrow(
                  () ->
                      mismatch(
                          syntax.span(),
                          "the string \"%s\"".formatted(text),
                          "a number, as in 0x900 or \"0x900\""));
      case INSTANT ->
          instant(text)
              .<Term>map(micros -> new Term.Constant(ValueType.INSTANT, micros))
              .orElseThrow(
                  () ->
                      mismatch(
                          syntax.span(),
                          "the string \"%s\"".formatted(text),
                          "an instant, as in \"2026-01-31T12:00:00Z\""));
      case TEXT, TRUTH -> term;
    };
  }

  private static Optional<Long> instant(String text) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return Optional.of(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    } catch (DateTimeException | ArithmeticException notAnInstant) {
      return Optional.empty();
    }
  }

  /** Refuses a text that a value can never have. */
  private static void checkConstant(Term value, Term other, Span at) {
    if (value instanceof Term.Read(Target.Plain(Access _, Member.Value member, boolean _))
        && other instanceof Term.Constant(ValueType type, Object text)
        && type == ValueType.TEXT
        && !member.constants().isEmpty()
        && !member.constants().contains(text)) {
      Set<String> known = new TreeSet<>(member.constants());
      throw mismatch(
          at,
          "\"%s\", which '%s' never is".formatted(text, member.name()),
          "one of %s%s".formatted(someOf(known), NearNames.question((String) text, known)));
    }
  }

  private static boolean isSeveral(Term term) {
    return term instanceof Term.Read(Target.Plain(Access _, Member.Value _, boolean several))
        && several;
  }

  private Term call(Syntax.Call call) {
    return switch (call.function()) {
      case CHANGED -> changed(call);
      case ANY, ALL -> quantified(call, true);
      case COUNT -> quantified(call, false);
    };
  }

  private Term changed(Syntax.Call call) {
    if (call.arguments().size() != 1) {
      throw mismatch(
          call.arguments().get(1).span(), "a second argument", "changed(x) with one value");
    }
    if (insideChanged) {
      throw mismatch(call.span(), "changed within changed", "changed alone");
    }
    insideChanged = true;
    Syntax argument = call.arguments().getFirst();
    Term changed =
        argument instanceof Syntax.Path path ? changed(path) : new Term.Change(term(argument));
    insideChanged = false;
    return changed;
  }

  private Term changed(Syntax.Path path) {
    return switch (target(path)) {
      case Target.Plain plain -> new Term.Change(new Term.Read(plain));
      case Target.Group group -> new Term.GroupChange(group);
      case Target.Listed listed -> new Term.GroupChange(listed);
    };
  }

  private Term quantified(Syntax.Call call, boolean conditional) {
    Function function = call.function();
    int least = conditional ? 2 : 1;
    List<Syntax> arguments = call.arguments();
    String form =
        conditional
            ? "%s(list, condition)".formatted(function.label())
            : "count(list) or count(list, condition)";
    if (arguments.size() < least || arguments.size() > 2) {
      throw mismatch(call.span(), "%d arguments".formatted(arguments.size()), form);
    }
    if (!(arguments.getFirst() instanceof Syntax.Path path)
        || !(target(path) instanceof Target.Listed listed)) {
      throw mismatch(
          arguments.getFirst().span(), "no list", form + ", as with streams or event.commands");
    }
    int level = scopes.size();
    if (level == ExpressionLimits.QUANTIFIERS) {
      throw mismatch(
          call.span(),
          "%s within %d others".formatted(function.label(), level),
          "at most %d of any, all and count within each other"
              .formatted(ExpressionLimits.QUANTIFIERS));
    }
    scopes.add(listed.items().shape());
    ofEvent.add(isOfEvent(listed));
    @Nullable Term condition = arguments.size() == 2 ? truth(arguments.get(1)) : null;
    scopes.removeLast();
    ofEvent.removeLast();
    return new Term.Quantified(function, listed, level, condition);
  }

  private boolean isOfEvent(Target.Listed listed) {
    return switch (listed.access().base()) {
      case Access.Base.Event _ -> true;
      case Access.Base.State _ -> false;
      case Access.Base.Item(int level) -> ofEvent.get(level);
    };
  }
}
