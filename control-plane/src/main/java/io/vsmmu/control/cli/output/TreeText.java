package io.vsmmu.control.cli.output;

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

  private final PrintWriter out;
  private final String margin;

  public TreeText(PrintWriter out) {
    this(out, "");
  }

  /**
   * @param margin in front of every line
   */
  public TreeText(PrintWriter out, String margin) {
    this.out = out;
    this.margin = margin;
  }

  /** Prints an answer. */
  public void print(JsonNode value) {
    print(value, margin);
  }

  private void print(JsonNode value, String indent) {
    if (value.isObject()) {
      value.properties().forEach(member -> member(member.getKey(), member.getValue(), indent));
    } else if (value.isArray()) {
      list(value, indent);
    } else {
      out.println(indent + Cells.whole(value));
    }
  }

  private void member(String name, JsonNode value, String indent) {
    if (isFlat(value)) {
      out.println(
          indent + name + " ".repeat(Math.max(1, NAME_WIDTH - name.length())) + Cells.whole(value));
    } else {
      out.println(indent + name);
      print(value, indent + STEP);
    }
  }

  private static boolean isFlat(JsonNode value) {
    if (value.isValueNode() || value.isEmpty()) {
      return true;
    }
    return value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode);
  }

  private void list(JsonNode values, String indent) {
    if (values.valueStream().allMatch(JsonNode::isObject)) {
      table(values, indent);
    } else {
      values.forEach(value -> out.println(indent + Cells.whole(value)));
    }
  }

  private void table(JsonNode objects, String indent) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode object : objects) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        names.add(member.getKey());
      }
    }
    Table table = new Table(names.toArray(String[]::new));
    for (JsonNode object : objects) {
      List<String> cells = new ArrayList<>();
      names.forEach(name -> cells.add(Cells.of(object.path(name))));
      table.row(cells);
    }
    table.print(out, indent);
  }
}
