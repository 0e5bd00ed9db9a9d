package io.vsmmu.debugger.expression;

/**
 * A word of an expression.
 *
 * @param text as it is written; of a string, its content
 * @param number the value of a number, unsigned; else 0
 */
record Token(Kind kind, Span span, String text, long number) {

  enum Kind {
    NUMBER,
    STRING,
    NAME,
    SYMBOL,
    END
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  /** The token as an error names it. */
  String shown() {
    return switch (kind) {
      case NUMBER -> "the number " + text;
      case STRING -> "the string \"" + text + "\"";
      case NAME, SYMBOL -> "'" + text + "'";
      case END -> "the end";
    };
  }
}
