package io.vsmmu.cli.output;

import java.io.PrintWriter;

/** A text in as many lines as the terminal makes of it. */
public final class Paragraph {

  private static final int NARROWEST = 16;

  private Paragraph() {}

  /**
   * Prints a text, broken at spaces.
   *
   * @param first in front of the first line
   * @param further in front of each further one, as wide as {@code first}
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
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
