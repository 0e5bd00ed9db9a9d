package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the rules found in one log.
 *
 * @param events how many events were looked at
 * @param findings by their first positions
 * @param beyond per rule, how many more findings there were than {@link #MOST_PER_RULE}
 */
public record FindingReport(long events, List<Finding> findings, Map<Rule, Long> beyond) {

  /** Findings of one rule that are told; others are counted. */
  public static final int MOST_PER_RULE = 100;

  /** Positions that a finding cites. */
  public static final int MOST_EVIDENCE = 16;

  public FindingReport {
    findings = List.copyOf(findings);
    beyond = Map.copyOf(beyond);
  }

  /** Findings as they come in. */
  static final class Builder {
    @JsonProperty private List<Finding> findings = new ArrayList<>();
    @JsonProperty private EnumMap<Rule, Integer> told = new EnumMap<>(Rule.class);
    @JsonProperty private EnumMap<Rule, Long> beyond = new EnumMap<>(Rule.class);

    /** A finding with the severity of its rule. */
    void add(
        Rule rule,
        long from,
        @Nullable Long to,
        @Nullable String sid,
        @Nullable String cause,
        String text,
        Collection<Long> evidence) {
      if (told.merge(rule, 1, Integer::sum) > MOST_PER_RULE) {
        skip(rule);
        return;
      }
      List<Long> cited = new TreeSet<>(evidence).stream().limit(MOST_EVIDENCE).toList();
      findings.add(new Finding(rule, rule.severity(), from, to, sid, cause, text, cited));
    }

    /** Counts a finding that is not told. */
    void skip(Rule rule) {
      beyond.merge(rule, 1L, Long::sum);
    }

    FindingReport build(long events) {
      findings.sort(Comparator.comparingLong(Finding::from).thenComparing(Finding::rule));

      return new FindingReport(events, findings, beyond);
    }
  }
}
