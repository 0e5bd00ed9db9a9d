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
 * The findings of all rules in one log.
 *
 * @param events number of events examined
 * @param findings in the order of their first positions
 * @param beyond by rule, the number of findings beyond {@link #MOST_PER_RULE}, which are not listed
 */
public record FindingReport(long events, List<Finding> findings, Map<Rule, Long> beyond) {

  /** Most findings of one rule that are listed; further ones are counted. */
  public static final int MOST_PER_RULE = 100;

  /** Most positions that one finding cites. */
  public static final int MOST_EVIDENCE = 16;

  public FindingReport {
    findings = List.copyOf(findings);
    beyond = Map.copyOf(beyond);
  }

  /** Collects findings. Its fields are part of the checkpoints, see {@link RuleChecker}. */
  static final class Builder {
    @JsonProperty private List<Finding> findings = new ArrayList<>();

    @JsonProperty("told")
    private EnumMap<Rule, Integer> countByRule = new EnumMap<>(Rule.class);

    @JsonProperty private EnumMap<Rule, Long> beyond = new EnumMap<>(Rule.class);

    /**
     * Adds a finding with the severity of its rule, or counts it if the rule has {@link
     * #MOST_PER_RULE} already.
     *
     * @param evidence positions in any order; the first {@link #MOST_EVIDENCE} are cited
     */
    void add(
        Rule rule,
        long from,
        @Nullable Long to,
        @Nullable String sid,
        @Nullable String cause,
        String text,
        Collection<Long> evidence) {
      if (countByRule.merge(rule, 1, Integer::sum) > MOST_PER_RULE) {
        skip(rule);
        return;
      }
      List<Long> cited = new TreeSet<>(evidence).stream().limit(MOST_EVIDENCE).toList();
      findings.add(new Finding(rule, rule.severity(), from, to, sid, cause, text, cited));
    }

    /** Counts a finding that is not listed. */
    void skip(Rule rule) {
      beyond.merge(rule, 1L, Long::sum);
    }

    FindingReport build(long events) {
      findings.sort(Comparator.comparingLong(Finding::from).thenComparing(Finding::rule));

      return new FindingReport(events, findings, beyond);
    }
  }
}
