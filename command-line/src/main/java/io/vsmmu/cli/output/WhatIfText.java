package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** The outcome of a replay with a changed input as text. */
public final class WhatIfText {

  private static final String INDENT = "  ";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
   */
  public WhatIfText(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Prints the answer of {@code POST /vsmmus/{name}/what-ifs}. */
  public void print(JsonNode result) {
    lines(
        "%s, decided again from position %s on: %s events happened, %s would have; %s of them are"
                .formatted(
                    CellText.of(result.path("change")),
                    CellText.of(result.path("from")),
                    CellText.of(result.path("recorded")),
                    CellText.of(result.path("produced")),
                    CellText.of(result.path("same")))
            + " the same");
    events("gone: events that happened and would not have happened", result.path("gone"));
    events("new: events that would have happened and did not", result.path("added"));
    events("different: events that would have had other values", result.path("different"));
    refused(result);
    operations(result.path("hostOperations"));
    JsonNode sections = result.at("/state/sections");
    if (!sections.isEmpty()) {
      out.println();
      out.println("the state at the end, as it is -> as it would be");
      new TreeText(out, INDENT, width).print(sections);
    }
    if (result.path("kept").isString()) {
      out.println();
      lines("the outcome is the log of " + result.path("kept").asString(""));
    }
  }

  private void events(String title, JsonNode types) {
    if (types.isEmpty()) {
      return;
    }
    out.println();
    lines(title);
    Table table = new Table("type", "count", "at").data("data");
    for (JsonNode type : types) {
      JsonNode example = type.path("examples").path(0);
      JsonNode produced = example.path("produced");
      JsonNode recorded = example.path("recorded");
      String data =
          recorded.isObject() && produced.isObject()
              ? changes(recorded, produced)
              : CellText.of(recorded.isObject() ? recorded : produced);
      table.row(
          CellText.of(type.path("type")),
          CellText.of(type.path("count")),
          CellText.of(example.path("position")),
          data);
    }
    table.print(out, INDENT, width);
  }

  /** The members of two trees that differ, as {@code name a -> b}. */
  private static String changes(JsonNode recorded, JsonNode produced) {
    StringJoiner changes = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> member : recorded.properties()) {
      JsonNode other = produced.path(member.getKey());
      if (!member.getValue().equals(other)) {
        changes.add(
            "%s %s -> %s"
                .formatted(
                    CellText.clean(member.getKey()),
                    CellText.of(member.getValue()),
                    CellText.of(other)));
      }
    }
    return changes.toString();
  }

  private void refused(JsonNode result) {
    if (result.path("refusals").asLong(0) == 0) {
      return;
    }
    out.println();
    lines(
        "%s accesses make no sense in the state that they would have met"
            .formatted(CellText.of(result.path("refusals"))));
    Table table = new Table("at", "type").text("reason");
    for (JsonNode stimulus : result.path("refused")) {
      table.row(
          CellText.of(stimulus.path("position")),
          CellText.of(stimulus.path("type")),
          CellText.of(stimulus.path("reason")));
    }
    table.print(out, INDENT, width);
  }

  private void operations(JsonNode operations) {
    if (operations.isEmpty()) {
      return;
    }
    out.println();
    out.println("operations of the host");
    Table table = new Table("operation", "outcome", "happened", "would have");
    for (JsonNode operation : operations) {
      table.row(
          CellText.of(operation.path("operation")),
          CellText.of(operation.path("outcome")),
          CellText.of(operation.path("recorded")),
          CellText.of(operation.path("produced")));
    }
    table.print(out, INDENT, width);
  }

  private void lines(String text) {
    Paragraph.print(out, text, "", INDENT, width);
  }
}
