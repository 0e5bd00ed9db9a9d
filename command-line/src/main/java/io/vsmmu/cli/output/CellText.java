package io.vsmmu.cli.output;

import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** JSON values as text in one line, as in the cell of a table. */
public final class CellText {

  /** The text of a value that is null or missing. */
  static final String ABSENT = "-";

  private CellText() {}

  /**
   * The value in one line: {@code -} for null and missing values, arrays and objects in brackets
   * and braces when they are nested, objects without their empty members.
   */
  public static String of(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return ABSENT;
    }
    if (value.isValueNode()) {
      return clean(value.asString(""));
    }
    if (ChangeText.isChange(value)) {
      return ChangeText.of(value);
    }
    StringJoiner parts = new StringJoiner(ChangeText.areChanges(value) ? ", " : " ");
    parts.setEmptyValue(ABSENT);
    if (value.isArray()) {
      value.forEach(element -> parts.add(nested(element)));
    } else {
      value.properties().stream()
          .filter(member -> !isAbsent(member.getValue()))
          .forEach(member -> parts.add(clean(member.getKey()) + "=" + nested(member.getValue())));
    }
    return parts.toString();
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isNull() || (value.isContainer() && value.isEmpty());
  }

  private static String nested(JsonNode value) {
    if (value.isValueNode() || ChangeText.isChange(value)) {
      return of(value);
    }
    return value.isArray() ? "[" + of(value) + "]" : "{" + of(value) + "}";
  }

  /**
   * Replaces control characters by question marks. A guest or a file may have put escape sequences
   * into the text, and a terminal would execute them.
   */
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }
}
