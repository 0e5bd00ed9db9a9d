package io.vsmmu.db.embedded;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds in the output of one of PostgreSQL's programs why it ended. */
final class ExitReason {

  private ExitReason() {}

  /**
   * The first line that reports a full file system; else the first with PANIC; else the first with
   * FATAL or an error of initdb; else the last line.
   *
   * @param lines output of the program in English, with {@code LC_ALL=C}
   */
  static String of(List<String> lines) {
    return first(lines, NoSpaceMessage::matches)
        .or(() -> first(lines, line -> line.contains("PANIC: ")))
        .or(() -> first(lines, line -> line.contains("FATAL: ") || line.contains("error: ")))
        .orElseGet(() -> lines.isEmpty() ? "it printed nothing" : lines.getLast());
  }

  private static Optional<String> first(List<String> lines, Predicate<String> wanted) {
    return lines.stream().filter(wanted).findFirst().map(String::strip);
  }
}
