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

  /** Columns of the text before and behind the part that are shown. */
  private static final int AROUND = 60;

  private static final String CUT = "...";

  /**
   * The failure of a command whose argument has this part.
   *
   * @param argument label of the argument
   * @param text its value
   */
  public Failure refusal(String argument, String text) {
    return new Failure(
        ExitCode.USAGE,
        "%s has no meaning: %s%n%s%nallowed: %s%nMore: docs/find.md"
            .formatted(argument, CellText.clean(found), marked(text), expected));
  }

  /** The text around the part in one line, and below it a mark under the part. */
  private String marked(String text) {
    int from = Math.min(offset, text.length());
    int to = Math.max(from, Math.min(end, text.length()));
    int first = from <= AROUND ? 0 : from - AROUND;
    int last = Math.min(text.length(), Math.min(to, from + AROUND) + AROUND);
    String before = first == 0 ? "" : CUT;
    String shown = before + CellText.clean(text.substring(first, last));
    int width = Math.max(1, Math.min(to, last) - from);
    return shown
        + (last < text.length() ? CUT : "")
        + System.lineSeparator()
        + " ".repeat(before.length() + from - first)
        + "^".repeat(width);
  }
}
