package io.vsmmu.cli.output;

import java.io.PrintWriter;
import tools.jackson.databind.JsonNode;

/** A finding of a lint rule as text. */
public final class FindingText {

  private static final String STEP = "  ";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public FindingText(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /**
   * Prints severity, rule, stream and positions; below them the explanation and the positions of
   * the events that prove it.
   */
  public void print(JsonNode finding, String indent) {
    StringBuilder head =
        new StringBuilder(CellText.of(finding.path("severity")))
            .append(' ')
            .append(CellText.of(finding.path("rule")));
    if (finding.hasNonNull("sid")) {
      head.append(", StreamID ").append(CellText.of(finding.path("sid")));
    }
    head.append(", ").append(positions(finding));
    lines(head.toString(), indent);
    lines(CellText.of(finding.path("text")), indent + STEP);
    if (!finding.path("evidence").isEmpty()) {
      lines("shown by the events at " + CellText.of(finding.path("evidence")), indent + STEP);
    }
  }

  /** Prints a text below what was printed last. */
  public void paragraph(String text) {
    lines(text, STEP);
  }

  private static String positions(JsonNode finding) {
    String from = CellText.of(finding.path("from"));
    if (!finding.hasNonNull("to")) {
      return "from position " + from + " to the end";
    }
    String to = CellText.of(finding.path("to"));
    return from.equals(to) ? "position " + from : "positions " + from + " to " + to;
  }

  private void lines(String text, String indent) {
    Paragraph.print(out, text, indent, indent, width);
  }
}
