package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Prints a JSON answer as indented names and values; a list of objects becomes a table. */
public final class TreeText {

  private static final String STEP = "  ";
  private static final int NAME_WIDTH = 16;

  /** An object with at least this many simple members is printed in several columns. */
  private static final int MANY = 12;

  private final PrintWriter out;
  private final String margin;
  private final int width;

  /**
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public TreeText(PrintWriter out, int width) {
    this(out, "", width);
  }

  /**
   * @param margin printed before every line
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public TreeText(PrintWriter out, String margin, int width) {
    this.out = out;
    this.margin = margin;
    this.width = width;
  }

  public void print(JsonNode value) {
    print(value, margin);
  }

  private void print(JsonNode value, String indent) {
    if (value.isObject()) {
      object(value, indent);
    } else if (value.isArray()) {
      list(value, indent);
    } else {
      text(CellText.of(value), indent, indent);
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
      text(CellText.of(value), first, " ".repeat(first.length()));
    } else {
      out.println(indent + name);
      print(value, indent + STEP);
    }
  }

  /** Prints a value behind its name, in lines that begin in the same column. */
  private void text(String value, String first, String further) {
    Paragraph.print(out, value, first, further, width);
  }

  private static boolean isFlat(JsonNode value) {
    if (value.isValueNode() || value.isEmpty()) {
      return true;
    }
    return value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode);
  }

  /** Prints names and values in columns that are read from top to bottom. */
  private void sideBySide(JsonNode object, String indent) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      names.add(member.getKey());
      values.add(CellText.of(member.getValue()));
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
    if (ChangeText.areChanges(values)) {
      changes(values, indent);
    } else if (values.valueStream().allMatch(JsonNode::isObject)) {
      table(values, indent);
    } else {
      values.forEach(value -> text(CellText.of(value), indent, indent));
    }
  }

  private void changes(JsonNode changes, String indent) {
    boolean items = changes.valueStream().anyMatch(change -> change.hasNonNull(ChangeText.ITEM));
    Table table = items ? new Table(ChangeText.ITEM).text("change") : new Table().text("change");
    for (JsonNode change : changes) {
      String text = ChangeText.of(change);
      table.row(items ? List.of(CellText.of(change.path(ChangeText.ITEM)), text) : List.of(text));
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
      names.forEach(name -> cells.add(CellText.of(object.path(name))));
      table.row(cells);
    }
    table.print(out, indent, width);
  }
}
