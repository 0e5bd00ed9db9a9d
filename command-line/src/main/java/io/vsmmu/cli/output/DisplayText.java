package io.vsmmu.cli.output;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/**
 * Text measured in columns of a terminal: a wide character takes two columns, a combining character
 * none.
 */
final class DisplayText {

  private static final String ELLIPSIS = "...";

  private DisplayText() {}

  /** The number of columns that the text takes. */
  static int width(String text) {
    return text.codePoints().map(DisplayText::width).sum();
  }

  private static int width(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint));
  }

  /** Appends spaces up to this width. */
  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  /**
   * Breaks a text at spaces into lines of at most this width; a word that is longer is broken where
   * the line ends.
   *
   * @param width in columns, at least 2, because a wide character takes two
   */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text.strip();
    while (width(rest) > width) {
      int end = fitting(rest, width);
      int space = rest.lastIndexOf(' ', end);
      int cut = space > 0 ? space : end;
      lines.add(rest.substring(0, cut).stripTrailing());
      rest = rest.substring(cut).stripLeading();
    }
    if (!rest.isEmpty() || lines.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }

  /** The first {@code most} lines; the last of them ends in an ellipsis if there are more. */
  static List<String> cut(List<String> lines, int most, int width) {
    if (lines.size() <= most) {
      return lines;
    }
    List<String> shown = new ArrayList<>(lines.subList(0, most));
    String last = shown.removeLast();
    shown.add(last.substring(0, fitting(last, width - ELLIPSIS.length())) + ELLIPSIS);
    return shown;
  }

  /** A line of at most this width; it ends in an ellipsis if there is more. */
  static String cut(String line, int width) {
    return width(line) <= width
        ? line
        : line.substring(0, fitting(line, width - ELLIPSIS.length())) + ELLIPSIS;
  }

  /** The number of chars that fit; combining characters stay with the character before them. */
  private static int fitting(String text, int width) {
    int taken = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      taken += width(codePoint);
      if (taken > width) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return end;
  }
}
