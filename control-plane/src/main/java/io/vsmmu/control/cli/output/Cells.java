package io.vsmmu.control.cli.output;

import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** JSON values as short texts. */
public final class Cells {

  private static final int LONGEST = 96;
  private static final String ABSENT = "-";
  private static final String CUT = "...";

  private Cells() {}

  /** The value in one line: {@code -} if there is none, containers compactly and cut. */
  public static String of(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return ABSENT;
    }
    return shorten(whole(value));
  }

  /** The value in one line, never cut. */
  public static String whole(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return ABSENT;
    }
    if (value.isValueNode()) {
      return clean(value.asString(""));
    }
    StringJoiner parts = new StringJoiner(" ");
    parts.setEmptyValue(ABSENT);
    if (value.isArray()) {
      value.forEach(element -> parts.add(nested(element)));
    } else {
      value
          .properties()
          .forEach(member -> parts.add(member.getKey() + "=" + nested(member.getValue())));
    }
    return parts.toString();
  }

  private static String nested(JsonNode value) {
    if (value.isValueNode()) {
      return whole(value);
    }
    return value.isArray() ? "[" + whole(value) + "]" : "{" + whole(value) + "}";
  }

  /** A guest or a file may have put control characters there; a terminal must not obey them. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }

  private static String shorten(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - CUT.length()) + CUT;
  }
}
