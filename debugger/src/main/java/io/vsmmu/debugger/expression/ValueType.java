package io.vsmmu.debugger.expression;

/**
 * The types of values. Every value may be absent, which {@code null} in an expression stands for.
 */
enum ValueType {
  /** An unsigned number of 64 bits, held as a {@link Long}. */
  NUMBER("a number"),
  /** Held as a {@link String}. */
  TEXT("a text"),
  /** Held as a {@link Boolean}. */
  TRUTH("true or false"),
  /** Held as a {@link Long}, in microseconds since 1970. */
  INSTANT("an instant");

  private final String label;

  ValueType(String label) {
    this.label = label;
  }

  /** The type as an error names it. */
  String label() {
    return label;
  }
}
