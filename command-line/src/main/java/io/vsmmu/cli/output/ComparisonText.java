package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The comparison of two logs as text: the verdict, the first divergence, and tables by kind. */
public final class ComparisonText {

  private static final String INDENT = "  ";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
   */
  public ComparisonText(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Prints the answer of {@code GET /vsmmus/{name}/compare}. */
  public void print(JsonNode comparison) {
    logs(comparison);
    paragraph(verdict(comparison));
    JsonNode first = comparison.path("first");
    if (first.isObject()) {
      divergence(first);
    }
    onlyIn("A", comparison.path("onlyInA"));
    onlyIn("B", comparison.path("onlyInB"));
    values("different values", comparison.path("values"));
    values("different register reads", comparison.path("reads"));
    values("different configurations of streams", comparison.path("streams"));
    values("different answers of the host", comparison.path("hostAnswers"));
    durations(comparison.path("durations"));
    if (comparison.path("unlisted").asLong(0) > 0) {
      out.println(CellText.of(comparison.path("unlisted")) + " differences of further kinds");
    }
  }

  private void logs(JsonNode comparison) {
    Table table = new Table("", "vsmmu", "events", "accesses").text("completion of commands");
    for (String side : List.of("a", "b")) {
      JsonNode log = comparison.path(side);
      JsonNode times = log.path("completion");
      table.row(
          side.toUpperCase(Locale.ROOT),
          CellText.of(log.path("vsmmu")),
          CellText.of(log.path("events")),
          CellText.of(log.path("accesses")),
          times.isObject()
              ? "median %s us, p99 %s us, longest %s us"
                  .formatted(
                      CellText.of(times.path("median")),
                      CellText.of(times.path("p99")),
                      CellText.of(times.path("longest")))
              : "the log has no times of it");
    }
    table.print(out, "", width);
    for (String side : List.of("a", "b")) {
      JsonNode log = comparison.path(side);
      if (log.path("broken").isString()) {
        paragraph(
            "%s was compared up to position %s only: %s"
                .formatted(
                    side.toUpperCase(Locale.ROOT),
                    CellText.of(log.path("lastPosition")),
                    log.path("broken").asString("")));
      }
    }
  }

  private static String verdict(JsonNode comparison) {
    String counts =
        "%s accesses are the same, %s have other values or outcomes, %d are only in A, %d only in B"
            .formatted(
                CellText.of(comparison.path("same")),
                CellText.of(comparison.path("different")),
                sum(comparison.path("onlyInA")),
                sum(comparison.path("onlyInB")));
    return switch (comparison.path("verdict").asString("")) {
      case "SAME" -> "the logs do not differ: " + counts;
      case "NOTHING_IN_COMMON" ->
          "the logs have nothing in common by which they could be aligned: "
              + counts
              + (comparison.path("normalised").asBoolean(false)
                  ? ""
                  : "; --normalise ignores addresses and ids");
      case "EMPTY" -> "one of the logs has no access: " + counts;
      default -> "the logs differ: " + counts;
    };
  }

  private static long sum(JsonNode kinds) {
    return kinds.valueStream().mapToLong(kind -> kind.path("count").asLong(0)).sum();
  }

  private void divergence(JsonNode first) {
    out.println();
    paragraph("first divergence: " + first.path("how").asString(""));
    Table table = new Table("", "", "position", "access").data("values");
    side(table, "A", first, "a", "beforeA", "afterA");
    side(table, "B", first, "b", "beforeB", "afterB");
    table.print(out, INDENT, width);
    for (JsonNode values : first.path("differences")) {
      paragraph(
          INDENT
              + "%s: %s in A, %s in B"
                  .formatted(
                      CellText.of(values.path("field")),
                      CellText.of(values.path("a")),
                      CellText.of(values.path("b"))));
    }
  }

  private static void side(
      Table table, String name, JsonNode first, String at, String before, String after) {
    first.path(before).forEach(access -> row(table, name, "", access));
    if (first.path(at).isObject()) {
      row(table, name, ">", first.path(at));
    } else {
      table.row(name, ">", CellText.ABSENT, "the log ends here", "");
    }
    first.path(after).forEach(access -> row(table, name, "", access));
  }

  private static void row(Table table, String name, String mark, JsonNode access) {
    table.row(
        name,
        mark,
        CellText.of(access.path("position")),
        CellText.of(access.path("access")),
        CellText.of(access.path("data")));
  }

  private void onlyIn(String side, JsonNode kinds) {
    if (kinds.isEmpty()) {
      return;
    }
    out.println();
    out.println("only in " + side);
    Table table = new Table("access", "count").data("positions");
    for (JsonNode kind : kinds) {
      table.row(
          CellText.of(kind.path("access")),
          CellText.of(kind.path("count")),
          CellText.of(kind.path("positions")));
    }
    table.print(out, INDENT, width);
  }

  private void values(String title, JsonNode kinds) {
    if (kinds.isEmpty()) {
      return;
    }
    out.println();
    out.println(title);
    Table table = new Table("access", "field", "count", "at A", "at B").text("in A", "in B");
    for (JsonNode kind : kinds) {
      JsonNode example = kind.path("examples").path(0);
      table.row(
          CellText.of(kind.path("access")),
          CellText.of(kind.path("field")),
          CellText.of(kind.path("count")),
          CellText.of(example.path("positionA")),
          CellText.of(example.path("positionB")),
          CellText.of(example.path("a")),
          CellText.of(example.path("b")));
    }
    table.print(out, INDENT, width);
  }

  private void durations(JsonNode durations) {
    if (durations.isEmpty()) {
      return;
    }
    out.println();
    out.println("times from doorbell to completion that differ most");
    Table table = new Table("access", "at A", "at B", "us in A", "us in B");
    for (JsonNode duration : durations) {
      table.row(
          CellText.of(duration.path("access")),
          CellText.of(duration.path("positionA")),
          CellText.of(duration.path("positionB")),
          CellText.of(duration.path("microsA")),
          CellText.of(duration.path("microsB")));
    }
    table.print(out, INDENT, width);
  }

  private void paragraph(String text) {
    Paragraph.print(out, text, "", INDENT, width);
  }
}
