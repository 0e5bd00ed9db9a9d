package io.vsmmu.projections.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/cli.md has the rules that {@code lint} applies, in the order of {@link Rule}.
 */
class RulesPageTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\|$");

  @Test
  void every_rule_has_its_row_with_its_severity() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "cli.md"));
    String section = page.substring(page.indexOf("### lint"), page.indexOf("### audit"));

    List<String> rows =
        ROW.matcher(section)
            .results()
            .map((MatchResult row) -> row.group(1) + " " + row.group(2))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(Rule.values())
                .map(rule -> rule + " " + rule.severity().name().toLowerCase(Locale.ROOT))
                .toList());
  }
}
