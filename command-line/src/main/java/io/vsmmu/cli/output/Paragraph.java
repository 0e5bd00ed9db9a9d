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
   * @param further printed before each other line, as wide as {@code first}
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public static void print(PrintWriter out, String text, String first, String further, int width) {
    String before = first;
    int room = width == Table.WIDE ? width : Math.max(NARROWEST, width - DisplayText.width(first));
    for (String line : DisplayText.wrap(text, room)) {
      out.println((before + line).stripTrailing());
      before = further;
    }
  }
}
