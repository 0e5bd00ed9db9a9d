package io.vsmmu.projections.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.RandomLog;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules over random logs: they never throw, and a checkpoint at any place changes nothing. */
class RandomRunsTest {

  private static final int STIMULI = 700;

  /** Bytes of a checkpoint that no log reaches, however long it is. */
  private static final int LARGEST_CHECKPOINT = 2 << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void a_run_with_checkpoints_anywhere_finds_what_one_without_finds(long seed) {
    Random random = new Random(seed);
    List<StoredEvent> events = RandomLog.inMemory(random).grow(STIMULI).script().stored();

    FindingReport whole = WholeLogFindings.of(events);

    assertThat(withCheckpoints(events, random, 40)).as("seed %d", seed).isEqualTo(whole);
    assertThat(whole.findings()).as("seed %d", seed).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_checkpoint_between_any_two_events_of_an_example_keeps_its_findings(Rule rule) {
    List<StoredEvent> events = RuleExamples.violating(rule).stored();

    FindingReport continued =
        withCheckpoints(events, new Random(0), Math.max(1, events.size() / 40));

    assertThat(continued).isEqualTo(WholeLogFindings.of(events));
  }

  @Test
  void most_rules_find_something_in_random_logs() {
    Set<Rule> found = EnumSet.noneOf(Rule.class);
    for (long seed = 1; seed <= 20; seed++) {
      List<StoredEvent> events =
          RandomLog.inMemory(new Random(seed)).grow(STIMULI).script().stored();
      WholeLogFindings.of(events).findings().forEach(finding -> found.add(finding.rule()));
    }
    // The others need sequences that chance does not give; RuleExamples has them.
    assertThat(found).hasSizeGreaterThan(12);
  }

  @Test
  void a_log_that_is_cut_anywhere_has_findings_up_to_there() {
    List<StoredEvent> events = RandomLog.inMemory(new Random(3)).grow(STIMULI).script().stored();
    for (int length = 0; length <= events.size(); length += 37) {
      FindingReport report = WholeLogFindings.of(events.subList(0, length));

      long last = length == 0 ? 0 : events.get(length - 1).position();
      assertThat(report.findings())
          .allSatisfy(finding -> assertThat(finding.from()).isLessThanOrEqualTo(last));
    }
  }

  @Test
  void findings_and_checkpoints_of_a_flood_are_bounded() {
    Random random = new Random(7);
    RandomLog log = RandomLog.inMemory(random);
    for (int part = 0; part < 6; part++) {
      log.grow(2000);
    }
    List<StoredEvent> events = log.script().stored();
    RuleRun run = new RuleRun();
    VsmmuState state = VsmmuState.ABSENT;
    for (StoredEvent stored : events) {
      LogEvent event = new LogEvent(stored);
      VsmmuState after = Vsmmu.evolve(state, event.event());
      run.observe(event, state, after);
      state = after;
    }

    assertThat(run.encode().length).isLessThan(LARGEST_CHECKPOINT);
    FindingReport report = run.report(state);
    Map<Rule, Long> byRule =
        report.findings().stream()
            .collect(Collectors.groupingBy(Finding::rule, Collectors.counting()));
    assertThat(byRule.values())
        .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(FindingReport.MOST_PER_RULE));
    assertThat(report.findings())
        .allSatisfy(
            finding ->
                assertThat(finding.evidence())
                    .hasSizeLessThanOrEqualTo(FindingReport.MOST_EVIDENCE));
  }

  @Test
  void occurrences_of_one_problem_are_one_finding_with_its_first_last_and_number() {
    LogScript script = RuleExamples.started();
    for (int i = 0; i < 1000; i++) {
      script.refusedCommand().acknowledge();
    }

    List<Finding> found = WholeLogFindings.of(script.stored()).findings();

    assertThat(found).hasSize(1);
    Finding refused = found.getFirst();
    assertThat(refused.rule()).isEqualTo(Rule.COMMAND_REFUSED);
    assertThat(refused.count()).isEqualTo(1000);
    assertThat(refused.text()).contains("(1000 times)");
    assertThat(refused.from()).isLessThan(20);
    assertThat(refused.to()).isGreaterThan(3000);
    assertThat(refused.evidence()).hasSizeLessThan(10).contains(refused.from(), refused.to());
  }

  /** The findings of a run that is encoded and decoded at some random places. */
  private static FindingReport withCheckpoints(List<StoredEvent> events, Random random, int oneOf) {
    TreeSet<Long> at = new TreeSet<>();
    RuleRun run = new RuleRun();
    VsmmuState state = VsmmuState.ABSENT;
    for (StoredEvent stored : events) {
      LogEvent event = new LogEvent(stored);
      VsmmuState after = Vsmmu.evolve(state, event.event());
      run.observe(event, state, after);
      state = after;
      if (random.nextInt(oneOf) == 0) {
        at.add(stored.sequence());
        run =
            RuleRun.decode(
                    run.encode(),
                    position ->
                        position == 0
                            ? Optional.empty()
                            : Optional.of(new LogEvent(events.get((int) position - 1))))
                .orElseThrow();
      }
    }
    assertThat(at).isNotEmpty();
    return run.report(state);
  }
}
