package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

  /**
   * The findings of some rules.
   *
   * @param rules empty for all rules
   * @param least the lowest severity of the findings that remain
   */
  public FindingReport only(Set<Rule> rules, Severity least) {
    Predicate<Rule> asked = rule -> rules.isEmpty() || rules.contains(rule);
    Map<Rule, Long> rest = new EnumMap<>(Rule.class);
    beyond.forEach(
        (rule, count) -> {
          if (asked.test(rule) && rule.severity().compareTo(least) >= 0) {
            rest.put(rule, count);
          }
        });
    return new FindingReport(
        events,
        findings.stream()
            .filter(it -> asked.test(it.rule()) && it.severity().compareTo(least) >= 0)
            .toList(),
        rest);
  }

  /**
   * When a problem occurred.
   *
   * @param from position of the event with which it began
   * @param to position of the event with which it ended; null if it still holds at the end of the
   *     log
   * @param last the greatest position that shows it, cited even if no other one is
   * @param count how often it occurred in that time
   * @param shown positions of the events that show it
   */
  record Occurrence(long from, @Nullable Long to, long last, long count, Collection<Long> shown) {

    /** One that lasted from an event to another one, or to the end of the log. */
    static Occurrence lasting(long from, @Nullable Long to, Collection<Long> shown) {
      return new Occurrence(from, to, to == null ? from : to, 1, shown);
    }
  }

  /** Collects findings. Its fields are part of the checkpoints, see {@link RuleChecker}. */
  static final class Builder {

    /**
     * Occurrences of one problem.
     *
     * @param end position at which the last one ended; null if it still holds at the end of the log
     * @param last the greatest position that shows the last one
     */
    private record Group(
        Rule rule,
        Severity severity,
        @Nullable String sid,
        @Nullable String cause,
        String text,
        long first,
        @Nullable Long end,
        long last,
        long count,
        List<Long> evidence) {

      Group and(Occurrence next) {
        List<Long> cited = evidence;
        if (count < LintLimits.EXAMPLES && evidence.size() < MOST_EVIDENCE) {
          cited = new ArrayList<>(evidence);
          cited.addAll(next.shown());
        }
        return new Group(
            rule,
            severity,
            sid,
            cause,
            text,
            Math.min(first, next.from()),
            next.to(),
            next.last(),
            count + next.count(),
            cited);
      }

      Finding finding() {
        TreeSet<Long> cited = new TreeSet<>();
        new TreeSet<>(evidence).stream().limit(MOST_EVIDENCE - 1L).forEach(cited::add);
        cited.add(last);
        String often = count == 1 ? text : "%s (%s)".formatted(text, Times.text(count));
        return new Finding(
            rule, severity, first, end, sid, cause, count, often, List.copyOf(cited));
      }
    }

    @JsonProperty private List<Finding> findings = new ArrayList<>();

    /** Groups of occurrences by rule, StreamID, cause and variant. */
    @JsonProperty private Map<String, Group> groups = new LinkedHashMap<>();

    @JsonProperty("told")
    private EnumMap<Rule, Integer> countByRule = new EnumMap<>(Rule.class);

    @JsonProperty private EnumMap<Rule, Long> beyond = new EnumMap<>(Rule.class);

    /** Whether the log lacks commands of the guest. */
    @JsonProperty private boolean gap;

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
      add(rule, rule.severity(), from, to, sid, cause, 1, text, evidence);
    }

    /** The same with a severity, at most that of the rule, and for a number of occurrences. */
    void add(
        Rule rule,
        Severity severity,
        long from,
        @Nullable Long to,
        @Nullable String sid,
        @Nullable String cause,
        long count,
        String text,
        Collection<Long> evidence) {
      if (!room(rule)) {
        return;
      }
      List<Long> cited = new TreeSet<>(evidence).stream().limit(MOST_EVIDENCE).toList();
      findings.add(new Finding(rule, severity, from, to, sid, cause, count, text, cited));
    }

    /**
     * Adds an occurrence to the finding that has its rule, StreamID, cause, severity and variant,
     * or makes one.
     *
     * @param variant tells apart problems that have the rest in common; may be empty
     * @param text the explanation, without a position and without a count; only the first
     *     occurrence's is used
     * @param shown positions of the events that show the occurrence
     */
    void occurred(
        Rule rule,
        Severity severity,
        @Nullable String sid,
        @Nullable String cause,
        String variant,
        Supplier<String> text,
        long position,
        Collection<Long> shown) {
      Occurrence one = new Occurrence(position, position, position, 1, shown);
      occurred(rule, severity, sid, cause, variant, text, one);
    }

    /** The same for an occurrence that lasts, or for several. */
    void occurred(
        Rule rule,
        Severity severity,
        @Nullable String sid,
        @Nullable String cause,
        String variant,
        Supplier<String> text,
        Occurrence occurrence) {
      String key = rule + "|" + sid + "|" + cause + "|" + severity + "|" + variant;
      Group seen = groups.get(key);
      if (seen != null) {
        groups.put(key, seen.and(occurrence));
      } else if (room(rule)) {
        groups.put(
            key,
            new Group(
                rule,
                severity,
                sid,
                cause,
                text.get(),
                occurrence.from(),
                occurrence.to(),
                occurrence.last(),
                occurrence.count(),
                new ArrayList<>(occurrence.shown())));
      }
    }

    private boolean room(Rule rule) {
      if (countByRule.merge(rule, 1, Integer::sum) > MOST_PER_RULE) {
        countByRule.put(rule, MOST_PER_RULE);
        skip(rule);
        return false;
      }
      return true;
    }

    /** Counts a finding that is not listed. */
    void skip(Rule rule) {
      beyond.merge(rule, 1L, Long::sum);
    }

    /**
     * Notes that the log lacks commands of the guest. What follows from the absence of a command is
     * then not reported.
     */
    void gap() {
      gap = true;
    }

    FindingReport build(long events) {
      List<Finding> all = new ArrayList<>(findings);
      groups.values().forEach(group -> all.add(group.finding()));
      Map<Rule, Long> rest = new EnumMap<>(beyond);
      if (gap) {
        all.removeIf(finding -> finding.rule().needsWholeLog());
        rest.keySet().removeIf(Rule::needsWholeLog);
      }
      all.sort(Comparator.comparingLong(Finding::from).thenComparing(Finding::rule));
      return new FindingReport(events, all, rest);
    }
  }
}
