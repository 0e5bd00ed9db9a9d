package io.vsmmu.cli.output;

import java.io.PrintWriter;

/** Prints text in lines that fit the terminal. */
public final class Paragraph {

  private static final int NARROWEST = 16;

  private Paragraph() {}

  /**
   * Prints a text, broken at spaces.
   *
   * @param first printed before the first line
   * @param further printed before each other line
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public static void print(PrintWriter out, String text, String first, String further, int width) {
    String before = first;
    String rest = text.strip();
    do {
      String line = DisplayText.wrap(rest, room(before, width)).getFirst();
      out.println((before + line).stripTrailing());
      rest = rest.substring(line.length()).stripLeading();
      before = further;
    } while (!rest.isEmpty());
  }

  private static int room(String before, int width) {
    return width == Table.WIDE ? width : Math.max(NARROWEST, width - DisplayText.width(before));
  }
}
