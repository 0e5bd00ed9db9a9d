package io.vsmmu.projections.lint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem that a rule has found. Occurrences of the same problem are one finding.
 *
 * @param severity that of the rule, or a lower one where the log shows less
 * @param from position of the event with which it begins
 * @param to position of the event with which it ends, null if it still holds at the end of the log
 * @param sid StreamID concerned as {@code 0x..}, null if none
 * @param cause stable name of the cause if the rule distinguishes several, else null
 * @param count how often it occurred, at least 1
 * @param text explanation for people
 * @param evidence positions of the events that show it, ascending, at most {@link
 *     FindingReport#MOST_EVIDENCE}
 */
public record Finding(
    Rule rule,
    Severity severity,
    long from,
    @Nullable Long to,
    @Nullable String sid,
    @Nullable String cause,
    long count,
    String text,
    List<Long> evidence) {
  public Finding {
    evidence = List.copyOf(evidence);
  }
}
