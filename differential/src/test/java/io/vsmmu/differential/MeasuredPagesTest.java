package io.vsmmu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The generated pages are up to date; {@code lab/differential pages} regenerates them. */
class MeasuredPagesTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");

  @Test
  void the_pages_are_what_the_tables_of_this_module_make_them() throws IOException {
    for (var page : MeasuredPages.rules().entrySet()) {
      String text = Files.readString(ROOT.resolve(page.getKey()));
      assertThat(text).as(page.getKey()).isEqualTo(page.getValue().apply(text));
    }
  }

  @Test
  void every_measured_row_is_a_row_of_the_conformance_page_and_measured_once() throws IOException {
    List<String> measured = ConformanceCases.all().stream().map(it -> it.rule()).toList();

    assertThat(measured).doesNotHaveDuplicates();
    assertThat(ruleNames()).containsAll(measured);
  }

  /** The first cells of the rows of docs/conformance.md. */
  private static List<String> ruleNames() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/conformance.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| rule |"))
        .map(line -> line.split("\\|", -1)[1].strip())
        .toList();
  }

  @Test
  void every_known_difference_has_a_section_and_no_two_read_the_same() {
    assertThat(KnownDifference.values())
        .allSatisfy(it -> assertThat(it.section()).matches("\\d+(\\.\\d+)*(, \\d+(\\.\\d+)*)*"))
        .allSatisfy(
            it -> assertThat(List.of(it.qemu(), it.vsmmu(), it.why())).noneMatch(String::isBlank))
        .allSatisfy(it -> assertThat(it.qemu() + it.vsmmu() + it.why()).doesNotContain("|"));
    assertThat(Arrays.stream(KnownDifference.values()).map(KnownDifference::id))
        .allMatch(id -> id.matches("[a-z0-9-]+"));
  }

  @Test
  void what_every_program_shows_is_no_answer_of_a_row() {
    Set<KnownDifference> shown = EnumSet.noneOf(KnownDifference.class);
    ConformanceCases.all().forEach(row -> shown.addAll(row.shows()));

    assertThat(shown).hasSizeGreaterThan(15);
    assertThat(shown).doesNotContainAnyElementsOf(ConformanceCases.EVERYWHERE);
  }
}
