package io.vsmmu.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Generates the documentation of QEMU's behaviour: the QEMU column of docs/conformance.md, and the
 * table of docs/qemu-differences.md.
 */
final class MeasuredPages {

  private static final String CONFORMANCE = "docs/conformance.md";
  private static final String DIFFERENCES = "docs/qemu-differences.md";

  /** Index of the column for QEMU. */
  private static final int QEMU = 3;

  private static final String NOT_COMPARED = "-";
  private static final String READ = "by reading: ";
  private static final String HEADING = "| difference |";

  private MeasuredPages() {}

  /** Regenerates both pages in the project's folder {@code root}. */
  static void write(Path root) throws IOException {
    for (Map.Entry<String, Function<String, String>> page : rules().entrySet()) {
      Path file = root.resolve(page.getKey());
      Files.writeString(file, page.getValue().apply(Files.readString(file)));
    }
  }

  /** For each page a function that gives the regenerated text of the present text. */
  static Map<String, Function<String, String>> rules() {
    return Map.of(CONFORMANCE, MeasuredPages::conformance, DIFFERENCES, MeasuredPages::differences);
  }

  /** Sets the measured cells; the cell of a rule that is not measured says so. */
  private static String conformance(String page) {
    Map<String, String> measured =
        ConformanceCases.all().stream()
            .collect(Collectors.toMap(ConformanceCases.Case::rule, ConformanceCases.Case::cell));
    return page.lines()
        .map(line -> row(line, measured))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(String line, Map<String, String> measured) {
    if (!line.startsWith("| ") || line.startsWith("| rule |")) {
      return line;
    }
    List<String> cells = new ArrayList<>(Arrays.asList(line.split("\\|", -1)));
    String rule = cells.get(1).strip();
    String now = cells.get(QEMU + 1).strip();
    String unmeasured = now.equals(NOT_COMPARED) || now.startsWith(READ) ? now : READ + now;
    cells.set(QEMU + 1, " " + measured.getOrDefault(rule, unmeasured) + " ");
    return String.join("|", cells);
  }

  /** Keeps the text before the table and replaces its rows by the known differences. */
  private static String differences(String page) {
    String before = page.substring(0, page.indexOf(HEADING));
    StringBuilder text = new StringBuilder(before);
    text.append(
        "%s IHI 0070 | QEMU %s | a vSMMU | why |%n".formatted(HEADING, KnownDifference.MEASURED));
    text.append("|---|---|---|---|---|\n");
    for (KnownDifference it : KnownDifference.values()) {
      text.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(it.id(), it.section(), it.qemu(), it.vsmmu(), it.why()));
    }
    return text.toString();
  }
}
