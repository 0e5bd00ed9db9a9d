package io.vsmmu.cli.output;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of a text that a problem detail is about.
 *
 * @param offset of the first wrong character, from 0
 * @param end behind the last wrong character
 * @param found what is there
 * @param expected what could be there instead
 */
public record TextPart(int offset, int end, String found, String expected) {

  /** The part that a problem detail names in its members; null if it names none. */
  public static @Nullable TextPart of(String problem) {
    try {
      JsonNode detail = JsonMapper.shared().readTree(problem);
      return detail.path("offset").isInt() && detail.path("end").isInt()
          ? new TextPart(
              detail.path("offset").asInt(),
              detail.path("end").asInt(),
              detail.path("value").asString(""),
              detail.path("allowed").asString(""))
          : null;
    } catch (JacksonException noJson) {
      return null;
    }
  }

  /** The text in one line, and below it a mark under the part. */
  public String marked(String text) {
    String shown = CellText.clean(text);
    int width = Math.max(1, Math.min(end, text.length()) - offset);
    return shown
        + System.lineSeparator()
        + " ".repeat(Math.min(offset, text.length()))
        + "^".repeat(width);
  }
}
