package io.vsmmu.cli.output;

import java.io.PrintWriter;
import tools.jackson.databind.JsonNode;

/** What a rule found in a log, for people. */
public final class FindingText {

  private static final String STEP = "  ";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
   */
  public FindingText(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Severity, rule, stream and positions; below them what it means and what shows it. */
  public void print(JsonNode finding, String indent) {
    StringBuilder head =
        new StringBuilder(Cells.of(finding.path("severity")))
            .append(' ')
            .append(Cells.of(finding.path("rule")));
    if (finding.hasNonNull("sid")) {
      head.append(", StreamID ").append(Cells.of(finding.path("sid")));
    }
    head.append(", ").append(positions(finding));
    lines(head.toString(), indent);
    lines(Cells.of(finding.path("text")), indent + STEP);
    if (!finding.path("evidence").isEmpty()) {
      lines("shown by the events at " + Cells.of(finding.path("evidence")), indent + STEP);
    }
  }

  private static String positions(JsonNode finding) {
    String from = Cells.of(finding.path("from"));
    if (!finding.hasNonNull("to")) {
      return "from position " + from + " to the end";
    }
    String to = Cells.of(finding.path("to"));
    return from.equals(to) ? "position " + from : "positions " + from + " to " + to;
  }

  private void lines(String text, String indent) {
    Paragraph.print(out, text, indent, indent, width);
  }
}
