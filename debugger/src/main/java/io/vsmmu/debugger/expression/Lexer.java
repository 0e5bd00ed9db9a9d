package io.vsmmu.debugger.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Splits an expression into tokens. */
final class Lexer {

  private static final int HEXADECIMAL = 16;
  private static final int DECIMAL = 10;
  private static final int BINARY = 2;

  /** Those of two characters first. */
  private static final List<String> SYMBOLS =
      List.of(
          "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "..", "(", ")", "[", "]", ",", ".", "<",
          ">", "!", "&", "|", "^", "~", "+", "-", "*", "/", "%");

  private final String text;
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  /**
   * The tokens of an expression, the last of kind {@link Token.Kind#END}.
   *
   * @throws MalformedExpressionException for a character that no token has, for a string without
   *     its end and for a number beyond 64 bits
   */
  static List<Token> tokens(String text) {
    if (text.length() > ExpressionLimits.CHARACTERS) {
      throw new MalformedExpressionException(
          new Span(ExpressionLimits.CHARACTERS, text.length()),
          "the text has %d characters".formatted(text.length()),
          "at most %d".formatted(ExpressionLimits.CHARACTERS));
    }
    Lexer lexer = new Lexer(text);
    List<Token> tokens = new ArrayList<>();
    do {
      tokens.add(lexer.next());
    } while (tokens.getLast().kind() != Token.Kind.END);
    return tokens;
  }

  private Token next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return token(Token.Kind.END, at);
    }
    char first = text.charAt(at);
    if (first == '"' || first == '\'') {
      return string(first);
    }
    if (isDigit(first)) {
      return number();
    }
    if (isNamePart(first)) {
      int start = at;
      skipName();
      return token(Token.Kind.NAME, start);
    }
    return symbol();
  }

  private Token symbol() {
    Optional<String> found = SYMBOLS.stream().filter(it -> text.startsWith(it, at)).findFirst();
    if (found.isPresent()) {
      int start = at;
      at += found.get().length();
      return token(Token.Kind.SYMBOL, start);
    }
    int wide = Character.charCount(text.codePointAt(at));
    Span here = new Span(at, at + wide);
    if (text.charAt(at) == '=') {
      throw new MalformedExpressionException(here, "'='", "'==' to compare two values");
    }
    throw new MalformedExpressionException(
        here,
        "the character '%s'".formatted(text.substring(at, at + wide)),
        "a name, a number, a string or an operator");
  }

  private Token string(char quote) {
    int start = at;
    StringBuilder content = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      boolean escapes =
          text.charAt(at) == '\\'
              && at + 1 < text.length()
              && (text.charAt(at + 1) == quote || text.charAt(at + 1) == '\\');
      at += escapes ? 1 : 0;
      content.append(text.charAt(at));
      at++;
    }
    if (at == text.length()) {
      throw new MalformedExpressionException(
          new Span(start, at), "a string without an end", "%s behind it".formatted(quote));
    }
    at++;
    return new Token(Token.Kind.STRING, new Span(start, at), content.toString(), 0);
  }

  private Token number() {
    int start = at;
    skipName();
    Span span = new Span(start, at);
    String written = text.substring(start, at);
    return new Token(
        Token.Kind.NUMBER,
        span,
        written,
        value(written)
            .orElseThrow(
                () ->
                    new MalformedExpressionException(
                        span,
                        "'%s'".formatted(written),
                        "an unsigned number of 64 bits, as in 0x900, 2304 or 0b101")));
  }

  /**
   * The value of an unsigned number of 64 bits: decimal, hexadecimal with {@code 0x} or binary with
   * {@code 0b}. Digits may be separated by underscores. Empty if the text is none.
   */
  static Optional<Long> value(String written) {
    String lower = written.toLowerCase(Locale.ROOT);
    if (lower.startsWith("0x")) {
      return parsed(lower.substring(2), HEXADECIMAL);
    }
    return lower.startsWith("0b") ? parsed(lower.substring(2), BINARY) : parsed(lower, DECIMAL);
  }

  private static Optional<Long> parsed(String digits, int radix) {
    String plain = digits.replace("_", "");
    // parseUnsignedLong would take a sign.
    if (plain.isEmpty() || plain.chars().anyMatch(c -> Character.digit(c, radix) < 0)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseUnsignedLong(plain, radix));
    } catch (NumberFormatException beyond) {
      return Optional.empty();
    }
  }

  private void skipName() {
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
  }

  private Token token(Token.Kind kind, int start) {
    return new Token(kind, new Span(start, at), text.substring(start, at), 0);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNamePart(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
}
