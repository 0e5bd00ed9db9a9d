package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.output.Table;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How tables give way to a terminal's width. */
class TablesTest {

  private static final String LONG = "one two three four five six seven eight nine ten eleven";

  private static List<String> lines(Table table, int width) {
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out), "", width);
    return out.toString().lines().toList();
  }

  @Test
  void what_fits_is_aligned() {
    Table table = new Table("a", "b").text("c").row("1", "22", "x y").row("333", "4", "z");

    assertThat(lines(table, 60)).containsExactly("a    b   c", "1    22  x y", "333  4   z");
  }

  @Test
  void columns_that_say_least_are_left_out_first() {
    Table table = new Table("name").extra("id").plain("to").row("n", "i".repeat(60), "t");

    assertThat(lines(table, 60)).containsExactly("name  to", "n     t");
    assertThat(lines(table, 80)).hasSize(2).first().asString().startsWith("name  id ");
  }

  @Test
  void texts_are_broken_within_their_columns() {
    Table table = new Table("n").text("c", "d").row("1", LONG, "short");

    assertThat(lines(table, 50))
        .containsExactly(
            "n  c                                         d",
            "1  one two three four five six seven eight   short",
            "   nine ten eleven");
  }

  @Test
  void the_last_text_goes_below_its_row_where_there_is_no_room_beside_it() {
    Table table = new Table("n", "m").text("c").row("1", "m".repeat(40), LONG).row("2", "m", "-");

    assertThat(lines(table, 60))
        .containsExactly("n  m", "    c", "1  " + "m".repeat(40), "    " + LONG, "2  m");
  }

  @Test
  void where_nothing_else_helps_each_row_is_a_block() {
    Table table = new Table("a", "bb").row("x".repeat(40), "y".repeat(40)).row("1", "2");

    assertThat(lines(table, 60))
        .containsExactly("a   " + "x".repeat(40), "bb  " + "y".repeat(40), "", "a   1", "bb  2");
  }

  @Test
  void data_is_cut_with_an_ellipsis_and_whole_where_everything_is_wide() {
    Table table = new Table("n").data("d").row("1", "word ".repeat(100).strip());

    assertThat(lines(table, 60)).hasSize(5).last().asString().endsWith("...");
    assertThat(lines(table, Table.WIDE))
        .containsExactly("n  d", "1  " + "word ".repeat(100).strip());
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 61, 80, 120})
  void no_line_is_wider_than_the_terminal_whatever_the_characters(int width) {
    for (String letter : List.of("x", "漢", "é", "e\u0301", "🙂", "漢 ", "ab ")) {
      Table table =
          new Table("plain")
              .text("文")
              .data("data")
              .row("p".repeat(30), letter.repeat(100), letter.repeat(70))
              .row("p".repeat(58), letter, letter);

      assertThat(lines(table, width))
          .allSatisfy(line -> assertThat(columns(line)).isLessThanOrEqualTo(width));
    }
  }

  @Test
  void wide_characters_take_two_columns_and_combining_ones_none() {
    Table table = new Table("a", "b").row("漢字", "1").row("e\u0301e", "2");

    assertThat(lines(table, 60)).containsExactly("a     b", "漢字  1", "e\u0301e    2");
  }

  @ParameterizedTest
  @CsvSource({
    "80,, 80",
    "80, 100, 80",
    ", 100, 100",
    ", , 120",
    "abc, 90, 90",
    "0, , 120",
    "-5, , 120",
    "20, , 60",
    "99999999999, , 120"
  })
  void the_width_is_what_the_variable_says_then_what_was_measured(
      String variable, String measured, int columns) {
    Map<String, String> environment = variable == null ? Map.of() : Map.of("COLUMNS", variable);

    assertThat(Screen.of(environment, measured).columns()).isEqualTo(columns);
  }

  /** As the width of East Asian characters and emoji is (UAX 11), for the characters used here. */
  static int columns(String line) {
    return line.codePoints()
        .map(c -> c == 0x301 ? 0 : c >= 0x4e00 && c <= 0x9fff || c >= 0x1f300 ? 2 : 1)
        .sum();
  }
}
