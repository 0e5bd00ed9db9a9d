package io.vsmmu.cli.output;

import tools.jackson.databind.JsonNode;

/** Prints the STE of a stream, or why no word of it is known. */
public final class SteText {

  private SteText() {}

  /**
   * The known words, as in {@code 0x9 0x0}; {@code unknown (NOT_READ)} without one.
   *
   * @param of has {@code ste} and {@code steUnknown}, as a stream of a state and as an event
   */
  public static String of(JsonNode of) {
    JsonNode why = of.path("steUnknown");
    return why.isString()
        ? "unknown (%s)".formatted(CellText.of(why))
        : CellText.of(of.path("ste"));
  }
}
