package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows under headings, laid out for a terminal's width.
 *
 * <p>If all columns fit, they are aligned. Otherwise, one after the other: extra columns are left
 * out; texts are broken into several lines within their columns; the last column is printed below
 * its row; each row becomes a block of headings and values.
 */
public final class Table {

  /** The width of {@code --wide}: no limit. */
  public static final int WIDE = Integer.MAX_VALUE;

  private static final String GAP = "  ";
  private static final String BELOW = "    ";

  /** A text is not broken into lines of fewer columns, which would be hard to read. */
  private static final int NARROWEST_TEXT = 24;

  /** Lines of a DATA value that are shown. */
  private static final int MOST_LINES = 4;

  /** What happens to a column when the table is too wide. */
  private enum ColumnKind {
    /** The column is never left out, broken or shortened. */
    PLAIN,
    /** The column is left out if the table is wider than the terminal. */
    EXTRA,
    /** Its values are broken into lines. */
    TEXT,
    /** Its values are broken into lines, of which the first {@link #MOST_LINES} are shown. */
    DATA;

    boolean flexible() {
      return this == TEXT || this == DATA;
    }
  }

  private record Column(String heading, ColumnKind kind) {}

  private final List<Column> columns = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param headings of plain columns
   */
  public Table(String... headings) {
    for (String heading : headings) {
      columns.add(new Column(heading, ColumnKind.PLAIN));
    }
  }

  /** Adds columns that are left out when there is no room for them. */
  public Table extra(String... headings) {
    return with(ColumnKind.EXTRA, headings);
  }

  /** Adds columns whose values are never broken, unless rows become blocks. */
  public Table plain(String... headings) {
    return with(ColumnKind.PLAIN, headings);
  }

  /** Adds columns of texts, which may be broken into lines and are always complete. */
  public Table text(String... headings) {
    return with(ColumnKind.TEXT, headings);
  }

  /** Adds columns of values, of which the first lines are shown when there is no room. */
  public Table data(String... headings) {
    return with(ColumnKind.DATA, headings);
  }

  private Table with(ColumnKind kind, String... headings) {
    for (String heading : headings) {
      columns.add(new Column(heading, kind));
    }
    return this;
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells under " + columns.size() + " headings");
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  /** Adds a row with as many cells as there are headings. */
  public Table row(String... cells) {
    return row(List.of(cells));
  }

  /**
   * Prints headings and rows; without rows, says so.
   *
   * @param width columns of the terminal, {@link #WIDE} for as many as are needed
   */
  public void print(PrintWriter out, String indent, int width) {
    if (rows.isEmpty()) {
      out.println(indent + "none");
      return;
    }
    int room = width == WIDE ? WIDE : width - indent.length();
    List<Integer> shown = shown(room);
    int[] widths = widths(shown);
    if (!shrink(shown, widths, room)) {
      List<Integer> above = shown.subList(0, shown.size() - 1);
      int last = shown.getLast();
      int[] narrower = widths(above);
      if (columns.get(last).kind().flexible()
          && !above.isEmpty()
          && shrink(above, narrower, room)) {
        withLastBelow(out, indent, above, narrower, last, room);
      } else {
        blocks(out, indent, room);
      }
      return;
    }
    line(out, indent, shown, headings(shown), widths);
    rows.forEach(row -> line(out, indent, shown, cells(row, shown), widths));
  }

  /** All columns if they fit, otherwise all but the extra ones. */
  private List<Integer> shown(int room) {
    List<Integer> all = IntStream.range(0, columns.size()).boxed().toList();
    if (total(widths(all)) <= room) {
      return all;
    }
    return all.stream().filter(i -> columns.get(i).kind() != ColumnKind.EXTRA).toList();
  }

  private int[] widths(List<Integer> shown) {
    return shown.stream()
        .mapToInt(
            i ->
                Math.max(
                    DisplayText.width(columns.get(i).heading()),
                    rows.stream().mapToInt(row -> DisplayText.width(row.get(i))).max().orElse(0)))
        .toArray();
  }

  private static long total(int[] widths) {
    return IntStream.of(widths).asLongStream().sum() + (long) GAP.length() * (widths.length - 1);
  }

  /** Narrows the widest flexible columns until the table fits; false if it cannot fit. */
  private boolean shrink(List<Integer> shown, int[] widths, int room) {
    long missing = total(widths) - room;
    while (missing > 0) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        boolean gives = columns.get(shown.get(i)).kind().flexible() && widths[i] > NARROWEST_TEXT;
        if (gives && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return false;
      }
      int next = NARROWEST_TEXT;
      for (int i = 0; i < widths.length; i++) {
        if (i != widest
            && widths[i] < widths[widest]
            && columns.get(shown.get(i)).kind().flexible()) {
          next = Math.max(next, widths[i]);
        }
      }
      // The widest becomes as wide as the next one; of two equally wide ones, one loses a column.
      int step = Math.max(1, widths[widest] - next);
      int taken = (int) Math.min(step, missing);
      widths[widest] -= taken;
      missing -= taken;
    }
    return true;
  }

  private List<List<String>> headings(List<Integer> shown) {
    return shown.stream().map(i -> List.of(columns.get(i).heading())).toList();
  }

  private static List<List<String>> cells(List<String> row, List<Integer> shown) {
    return shown.stream().map(i -> List.of(row.get(i))).toList();
  }

  /** One row, which may take several lines. */
  private void line(
      PrintWriter out, String indent, List<Integer> shown, List<List<String>> cells, int[] widths) {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < widths.length; i++) {
      List<String> lines =
          wrap(cells.get(i).getFirst(), columns.get(shown.get(i)).kind(), widths[i]);
      wrapped.add(lines);
      height = Math.max(height, lines.size());
    }
    for (int y = 0; y < height; y++) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < widths.length; i++) {
        List<String> lines = wrapped.get(i);
        line.append(DisplayText.pad(y < lines.size() ? lines.get(y) : "", widths[i])).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static List<String> wrap(String cell, ColumnKind kind, int width) {
    List<String> lines = DisplayText.wrap(cell, Math.max(2, width));
    return kind == ColumnKind.DATA ? DisplayText.cut(lines, MOST_LINES, width) : lines;
  }

  private void withLastBelow(
      PrintWriter out, String indent, List<Integer> above, int[] widths, int last, int room) {
    line(out, indent, above, headings(above), widths);
    out.println(indent + BELOW + columns.get(last).heading());
    for (List<String> row : rows) {
      line(out, indent, above, cells(row, above), widths);
      String cell = row.get(last);
      if (!cell.isEmpty() && !cell.equals(CellText.ABSENT)) {
        wrap(cell, columns.get(last).kind(), room - BELOW.length())
            .forEach(text -> out.println(indent + BELOW + text));
      }
    }
  }

  private void blocks(PrintWriter out, String indent, int room) {
    int names =
        columns.stream().mapToInt(column -> DisplayText.width(column.heading())).max().orElse(0);
    int values = Math.max(NARROWEST_TEXT, room - names - GAP.length());
    boolean first = true;
    for (List<String> row : rows) {
      if (!first) {
        out.println();
      }
      first = false;
      for (int i = 0; i < columns.size(); i++) {
        String name = columns.get(i).heading();
        for (String text : wrap(row.get(i), columns.get(i).kind(), values)) {
          out.println((indent + DisplayText.pad(name, names) + GAP + text).stripTrailing());
          name = "";
        }
      }
    }
  }
}
