package io.vsmmu.projections.lint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something a rule found.
 *
 * @param from position of the event it begins with
 * @param to position of the event that ended it, null if it still holds at the end of the log
 * @param sid the stream concerned as {@code 0x..}, null if none
 * @param cause a stable name for what is behind it, where a rule tells several apart; else null
 * @param text for people
 * @param evidence positions, ascending, at most {@link FindingReport#MOST_EVIDENCE}
 */
public record Finding(
    Rule rule,
    Severity severity,
    long from,
    @Nullable Long to,
    @Nullable String sid,
    @Nullable String cause,
    String text,
    List<Long> evidence) {
  public Finding {
    evidence = List.copyOf(evidence);
  }
}
