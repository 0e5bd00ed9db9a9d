package io.vsmmu.db.embedded;

import io.vsmmu.db.log.NoSpaceMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Why one of PostgreSQL's programs ended, from what it printed. */
final class ExitReason {

  private ExitReason() {}

  /** The first line that tells a reason, else the last one. */
  static String of(List<String> lines) {
    return first(lines, NoSpaceMessage::matches)
        .or(() -> first(lines, line -> line.contains("PANIC: ")))
        .or(() -> first(lines, line -> line.contains("FATAL: ") || line.contains("error: ")))
        .orElseGet(() -> lines.isEmpty() ? "it printed nothing" : lines.getLast());
  }

  private static Optional<String> first(List<String> lines, Predicate<String> tells) {
    return lines.stream().filter(tells).findFirst().map(String::strip);
  }
}
