package io.vsmmu.cli.output;

import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** JSON values as texts in one line. */
public final class Cells {

  /** Stands for a value that is not there. */
  static final String ABSENT = "-";

  private Cells() {}

  /**
   * The value in one line: {@code -} if there is none, containers compactly, objects without the
   * members that have none.
   */
  public static String of(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return ABSENT;
    }
    if (value.isValueNode()) {
      return clean(value.asString(""));
    }
    if (Changes.isChange(value)) {
      return Changes.of(value);
    }
    StringJoiner parts = new StringJoiner(Changes.areChanges(value) ? ", " : " ");
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
    if (value.isValueNode() || Changes.isChange(value)) {
      return of(value);
    }
    return value.isArray() ? "[" + of(value) + "]" : "{" + of(value) + "}";
  }

  /** A guest or a file may have put control characters there; a terminal must not obey them. */
  public static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }
}
