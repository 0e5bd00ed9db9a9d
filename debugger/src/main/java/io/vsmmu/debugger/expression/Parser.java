package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Syntax.Comparator;
import io.vsmmu.debugger.expression.Syntax.Function;
import io.vsmmu.debugger.expression.Syntax.Operator;
import io.vsmmu.debugger.expression.Token.Kind;
import io.vsmmu.problem.NearNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parses an expression by recursive descent; the grammar is in docs/find.md. Every method throws
 * {@link MalformedExpressionException} where the text does not follow the grammar, and where it
 * exceeds {@link ExpressionLimits}.
 */
final class Parser {

  private static final String VALUE = "a name, a number, a string or '('";
  private static final Set<String> RESERVED =
      Set.of("and", "or", "not", "in", "contains", "true", "false", "null");

  /** The binary operators by precedence, the weakest first. */
  private static final List<List<Operator>> PRECEDENCE =
      List.of(
          List.of(Operator.OR),
          List.of(Operator.XOR),
          List.of(Operator.AND),
          List.of(Operator.SHIFT_LEFT, Operator.SHIFT_RIGHT),
          List.of(Operator.PLUS, Operator.MINUS),
          List.of(Operator.TIMES, Operator.DIVIDED, Operator.REMAINDER));

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int words;

  private Parser(String text) {
    this.tokens = Lexer.tokens(text);
  }

  /** Parses a whole expression. */
  static Syntax parse(String text) {
    Parser parser = new Parser(text);
    Syntax whole = parser.expression();
    parser.expectEnd("an operator, or the end");
    return whole;
  }

  /** Parses a text that is a path and nothing else. */
  static Syntax.Path parsePath(String text) {
    Parser parser = new Parser(text);
    if (parser.peek().kind() != Kind.NAME) {
      throw parser.unexpected("a name of the state");
    }
    Syntax.Path path = parser.path();
    parser.expectEnd("'.', '[' or the end");
    return path;
  }

  private Syntax expression() {
    return junction(false);
  }

  /** {@code or} between operands that have {@code and} between theirs. */
  private Syntax junction(boolean and) {
    List<Syntax> operands = new ArrayList<>();
    do {
      operands.add(and ? negation() : junction(true));
    } while (takeJunction(and));
    return operands.size() == 1
        ? operands.getFirst()
        : new Syntax.Junction(
            operands.getFirst().span().to(operands.getLast().span()), and, List.copyOf(operands));
  }

  private boolean takeJunction(boolean and) {
    boolean found =
        and
            ? peek().isName("and") || peek().isSymbol("&&")
            : peek().isName("or") || peek().isSymbol("||");
    if (found) {
      take();
    }
    return found;
  }

  private Syntax negation() {
    Token token = peek();
    if (token.isName("not") || token.isSymbol("!")) {
      take();
      return nested(
          token,
          () -> {
            Syntax operand = negation();
            return new Syntax.Not(token.span().to(operand.span()), operand);
          });
    }
    return comparison();
  }

  private Syntax comparison() {
    Syntax left = arithmetic(0);
    Token token = peek();
    if (token.isName("in")) {
      take();
      return membership(left, false);
    }
    if (token.isName("not") && tokens.get(at + 1).isName("in")) {
      take();
      take();
      return membership(left, true);
    }
    Optional<Comparator> operator = comparator(token);
    if (operator.isEmpty()) {
      return left;
    }
    take();
    Syntax right = arithmetic(0);
    if (comparator(peek()).isPresent()) {
      throw unexpected("'and' between two comparisons");
    }
    return new Syntax.Comparison(left.span().to(right.span()), operator.get(), left, right);
  }

  private static Optional<Comparator> comparator(Token token) {
    return token.kind() == Kind.SYMBOL || token.kind() == Kind.NAME
        ? Arrays.stream(Comparator.values())
            .filter(it -> it.symbol().equals(token.text()))
            .findFirst()
        : Optional.empty();
  }

  private Syntax membership(Syntax subject, boolean negated) {
    List<Syntax.Choice> choices = new ArrayList<>();
    Span end;
    if (peek().isSymbol("[")) {
      take();
      do {
        choices.add(choice());
      } while (takeSymbol(","));
      end = expectSymbol("]", "',' or ']'").span();
    } else {
      Syntax.Choice only = choice();
      Syntax last = only.last();
      if (last == null) {
        throw new MalformedExpressionException(
            only.first().span(), "a single value", "values in brackets, or a range as in 1..5");
      }
      choices.add(only);
      end = last.span();
    }
    return new Syntax.Membership(subject.span().to(end), subject, negated, List.copyOf(choices));
  }

  private Syntax.Choice choice() {
    Syntax first = arithmetic(0);
    @Nullable Syntax last = takeSymbol("..") ? arithmetic(0) : null;
    return new Syntax.Choice(first, last);
  }

  private Syntax arithmetic(int level) {
    if (level == PRECEDENCE.size()) {
      return unary();
    }
    Syntax left = arithmetic(level + 1);
    while (true) {
      Optional<Operator> operator =
          PRECEDENCE.get(level).stream().filter(it -> peek().isSymbol(it.symbol())).findFirst();
      if (operator.isEmpty()) {
        return left;
      }
      take();
      Syntax right = arithmetic(level + 1);
      left = new Syntax.Arithmetic(left.span().to(right.span()), operator.get(), left, right);
    }
  }

  private Syntax unary() {
    Token token = peek();
    if (token.isSymbol("~")) {
      take();
      return nested(
          token,
          () -> {
            Syntax operand = unary();
            return new Syntax.Invert(token.span().to(operand.span()), operand);
          });
    }
    return primary();
  }

  private Syntax primary() {
    Token token = peek();
    return switch (token.kind()) {
      case NUMBER -> new Syntax.Number(take().span(), token.number());
      case STRING -> new Syntax.Text(take().span(), token.text());
      case NAME -> named(token);
      case SYMBOL -> {
        if (!token.isSymbol("(")) {
          throw unexpected(VALUE);
        }
        take();
        yield nested(
            token,
            () -> {
              Syntax inner = expression();
              expectSymbol(")", "an operator, or ')'");
              return inner;
            });
      }
      case END -> throw unexpected(VALUE);
    };
  }

  private Syntax named(Token token) {
    switch (token.text()) {
      case "true", "false" -> {
        return new Syntax.Truth(take().span(), token.text().equals("true"));
      }
      case "null" -> {
        return new Syntax.Nothing(take().span());
      }
      default -> {
        if (RESERVED.contains(token.text())) {
          throw unexpected(VALUE);
        }
      }
    }
    return tokens.get(at + 1).isSymbol("(") ? call() : path();
  }

  private Syntax call() {
    Token name = take();
    Optional<Function> function =
        Arrays.stream(Function.values()).filter(it -> it.label().equals(name.text())).findFirst();
    if (function.isEmpty()) {
      List<String> known = Arrays.stream(Function.values()).map(Function::label).toList();
      throw new MalformedExpressionException(
          name.span(),
          "the function '%s'".formatted(name.text()),
          "one of %s%s"
              .formatted(
                  known.stream().collect(Collectors.joining(", ")),
                  NearNames.question(name.text(), known)));
    }
    take();
    return nested(
        name,
        () -> {
          List<Syntax> arguments = new ArrayList<>();
          do {
            arguments.add(expression());
          } while (takeSymbol(","));
          Span end = expectSymbol(")", "',' or ')'").span();
          return new Syntax.Call(name.span().to(end), function.get(), List.copyOf(arguments));
        });
  }

  private Syntax.Path path() {
    Token first = take();
    List<Syntax.Path.Step> steps = new ArrayList<>();
    steps.add(new Syntax.Path.Name(first.span(), first.text()));
    while (true) {
      if (takeSymbol(".")) {
        Token name = peek();
        if (name.kind() != Kind.NAME) {
          throw unexpected("a name");
        }
        take();
        steps.add(new Syntax.Path.Name(name.span(), name.text()));
      } else if (takeSymbol("[")) {
        Token key = peek();
        if (key.kind() != Kind.NUMBER && key.kind() != Kind.STRING) {
          throw unexpected("a number or a string");
        }
        take();
        expectSymbol("]", "']'");
        steps.add(new Syntax.Path.Key(key.span(), key));
      } else {
        Span end = tokens.get(at - 1).span();
        return new Syntax.Path(first.span().to(end), List.copyOf(steps));
      }
    }
  }

  private interface Inner {
    Syntax parse();
  }

  private Syntax nested(Token opening, Inner inner) {
    depth++;
    if (depth > ExpressionLimits.DEPTH) {
      throw new MalformedExpressionException(
          opening.span(),
          "nesting deeper than %d".formatted(ExpressionLimits.DEPTH),
          "fewer parentheses, calls and prefix operators within each other");
    }
    Syntax parsed = inner.parse();
    depth--;
    return parsed;
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    Token token = tokens.get(at);
    at++;
    if (++words > ExpressionLimits.WORDS) {
      throw new MalformedExpressionException(
          token.span(),
          "more than %d words and symbols".formatted(ExpressionLimits.WORDS),
          "a shorter expression");
    }
    return token;
  }

  private boolean takeSymbol(String symbol) {
    boolean found = peek().isSymbol(symbol);
    if (found) {
      take();
    }
    return found;
  }

  private Token expectSymbol(String symbol, String expected) {
    if (!peek().isSymbol(symbol)) {
      throw unexpected(expected);
    }
    return take();
  }

  private void expectEnd(String expected) {
    if (peek().kind() != Kind.END) {
      throw unexpected(expected);
    }
  }

  private MalformedExpressionException unexpected(String expected) {
    return new MalformedExpressionException(peek().span(), peek().shown(), expected);
  }
}
