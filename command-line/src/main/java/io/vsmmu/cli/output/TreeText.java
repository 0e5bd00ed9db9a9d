package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Any JSON answer as indented names and values; lists of objects become tables. */
public final class TreeText {

  private static final String STEP = "  ";
  private static final int NAME_WIDTH = 16;

  /** From so many short members on an object is printed in columns side by side. */
  private static final int MANY = 12;

  private final PrintWriter out;
  private final String margin;
  private final int width;

  /**
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
   */
  public TreeText(PrintWriter out, int width) {
    this(out, "", width);
  }

  /**
   * @param margin in front of every line
   * @param width columns of the terminal, {@link Table#WIDE} for as many as are needed
   */
  public TreeText(PrintWriter out, String margin, int width) {
    this.out = out;
    this.margin = margin;
    this.width = width;
  }

  /** Prints an answer. */
  public void print(JsonNode value) {
    print(value, margin);
  }

  private void print(JsonNode value, String indent) {
    if (value.isObject()) {
      object(value, indent);
    } else if (value.isArray()) {
      list(value, indent);
    } else {
      text(Cells.of(value), indent, indent);
    }
  }

  private void object(JsonNode value, String indent) {
    if (value.size() >= MANY && value.valueStream().allMatch(JsonNode::isValueNode)) {
      sideBySide(value, indent);
    } else {
      value.properties().forEach(member -> member(member.getKey(), member.getValue(), indent));
    }
  }

  private void member(String name, JsonNode value, String indent) {
    if (isFlat(value)) {
      String first = indent + name + " ".repeat(Math.max(1, NAME_WIDTH - name.length()));
      text(Cells.of(value), first, " ".repeat(first.length()));
    } else {
      out.println(indent + name);
      print(value, indent + STEP);
    }
  }

  /** A value behind its name, broken into lines that begin under each other. */
  private void text(String value, String first, String further) {
    Paragraph.print(out, value, first, further, width);
  }

  private static boolean isFlat(JsonNode value) {
    if (value.isValueNode() || value.isEmpty()) {
      return true;
    }
    return value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode);
  }

  /** Many names and values: down the first column, then down the next. */
  private void sideBySide(JsonNode object, String indent) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      names.add(member.getKey());
      values.add(Cells.of(member.getValue()));
    }
    int nameWidth = names.stream().mapToInt(DisplayText::width).max().orElse(0);
    int valueWidth = values.stream().mapToInt(DisplayText::width).max().orElse(0);
    int each = nameWidth + 1 + valueWidth + STEP.length();
    int across = width == Table.WIDE ? 1 : Math.max(1, (width - indent.length()) / each);
    int down = Math.ceilDiv(names.size(), across);
    for (int y = 0; y < down; y++) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = y; i < names.size(); i += down) {
        line.append(DisplayText.pad(names.get(i), nameWidth + 1))
            .append(DisplayText.pad(values.get(i), valueWidth))
            .append(STEP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private void list(JsonNode values, String indent) {
    if (Changes.areChanges(values)) {
      changes(values, indent);
    } else if (values.valueStream().allMatch(JsonNode::isObject)) {
      table(values, indent);
    } else {
      values.forEach(value -> text(Cells.of(value), indent, indent));
    }
  }

  private void changes(JsonNode changes, String indent) {
    boolean items = changes.valueStream().anyMatch(change -> change.hasNonNull(Changes.ITEM));
    Table table = items ? new Table(Changes.ITEM).text("change") : new Table().text("change");
    for (JsonNode change : changes) {
      String text = Changes.of(change);
      table.row(items ? List.of(Cells.of(change.path(Changes.ITEM)), text) : List.of(text));
    }
    table.print(out, indent, width);
  }

  private void table(JsonNode objects, String indent) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode object : objects) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        names.add(member.getKey());
      }
    }
    Table table = new Table();
    for (String name : names) {
      boolean isText =
          objects
              .valueStream()
              .map(object -> object.path(name))
              .anyMatch(value -> value.isContainer() || value.asString("").indexOf(' ') >= 0);
      if (isText) {
        table.text(name);
      } else {
        table.plain(name);
      }
    }
    for (JsonNode object : objects) {
      List<String> cells = new ArrayList<>();
      names.forEach(name -> cells.add(Cells.of(object.path(name))));
      table.row(cells);
    }
    table.print(out, indent, width);
  }
}
