package io.vsmmu.debugger.expression;

/**
 * A part of an expression's text.
 *
 * @param offset index of its first character, from 0
 * @param end index behind its last character
 */
record Span(int offset, int end) {

  /** From the beginning of this part to the end of another. */
  Span to(Span last) {
    return new Span(offset, last.end);
  }
}
