package io.vsmmu.smmu.rules;

/** What IHI 0070 says of a field, or of a value in it. */
public enum Says {
  /** The bits do not exist: a command or structure may be refused for them or they are ignored. */
  RES0("RES0"),
  /** The value is Reserved, and the specification says what it behaves as. */
  RESERVED("Reserved"),
  /** The field has no effect in this case. */
  IGNORED("IGNORED"),
  /** The command or structure must be refused. */
  ILLEGAL("ILLEGAL"),
  /** The command or structure may be refused, or the value behaves as another one. */
  MAY_BE_ILLEGAL("may be ILLEGAL"),
  /** One of several behaviours that the specification lists. */
  CONSTRAINED_UNPREDICTABLE("CONSTRAINED UNPREDICTABLE"),
  IMPLEMENTATION_DEFINED("IMPLEMENTATION DEFINED");

  private final String text;

  Says(String text) {
    this.text = text;
  }

  /** The specification's own words. */
  public String text() {
    return text;
  }
}
