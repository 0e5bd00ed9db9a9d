package io.vsmmu.control.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under aligned headings. */
public final class Table {

  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  public Table(String... headings) {
    columns = headings.length;
    rows.add(List.of(headings));
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells under " + columns + " headings");
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(String... cells) {
    return row(List.of(cells));
  }

  /** Prints headings and rows; without rows, says so. */
  public void print(PrintWriter out, String indent) {
    if (rows.size() == 1) {
      out.println(indent + "none");
      return;
    }
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      out.println(line(row, widths, indent));
    }
  }

  private static String line(List<String> row, int[] widths, String indent) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      line.append(cell).repeat(' ', widths[i] - cell.length()).append(GAP);
    }
    return line.toString().stripTrailing();
  }
}
