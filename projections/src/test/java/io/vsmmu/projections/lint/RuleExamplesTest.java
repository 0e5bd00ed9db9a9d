package io.vsmmu.projections.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.LogScript;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule finds its violation, cites it, and finds nothing in a similar log that is in order. */
class RuleExamplesTest {

  @ParameterizedTest
  @EnumSource
  void a_rule_finds_its_violation_and_cites_positions(Rule rule) {
    LogScript script = RuleExamples.violating(rule);

    List<Finding> found = of(script, rule);

    assertThat(found).as(rule.name()).hasSize(1);
    Finding finding = found.getFirst();
    assertThat(finding.severity()).isLessThanOrEqualTo(rule.severity());
    assertThat(finding.count()).isPositive();
    assertThat(finding.text()).isNotBlank();
    assertThat(finding.evidence())
        .isNotEmpty()
        .isSorted()
        .allSatisfy(position -> assertThat(position).isBetween(1L, script.lastPosition()));
    assertThat(finding.from()).isBetween(1L, script.lastPosition());
  }

  @ParameterizedTest
  @EnumSource
  void a_rule_finds_nothing_where_all_is_in_order(Rule rule) {
    assertThat(of(RuleExamples.orderly(rule), rule)).as(rule.name()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_rule_says_what_it_means_what_shows_it_and_what_to_do(Rule rule) {
    assertThat(rule.source()).isNotBlank();
    assertThat(List.of(rule.meaning(), rule.evidence(), rule.remedy()))
        .allSatisfy(text -> assertThat(text).endsWith(".").doesNotContain("|"));
  }

  private static List<Finding> of(LogScript script, Rule rule) {
    return WholeLogFindings.of(script.stored()).findings().stream()
        .filter(finding -> finding.rule() == rule)
        .toList();
  }
}
