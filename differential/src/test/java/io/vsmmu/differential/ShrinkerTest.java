package io.vsmmu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.Register;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

class ShrinkerTest {

  private static Program numbered(int steps) {
    return Program.of(
        IntStream.range(0, steps).<Step>mapToObj(i -> Step.Write.of(Register.CR2, i)).toList());
  }

  private static Predicate<List<Step>> needs(List<Step> needed) {
    return steps -> steps.containsAll(needed);
  }

  @Test
  void what_is_left_is_exactly_what_the_failure_needs(TestReporter reporter) {
    long seed = System.nanoTime();
    reporter.publishEntry("seed", String.valueOf(seed));
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      Program program = numbered(1 + random.nextInt(100));
      List<Step> needed = program.steps().stream().filter(_ -> random.nextInt(10) == 0).toList();

      List<Step> shortest = new Shrinker<>(needs(needed)).shrink(program.steps());

      assertThat(shortest).isEqualTo(needed);
    }
  }

  @Test
  void a_failure_that_needs_nothing_ends_with_an_empty_program() {
    assertThat(new Shrinker<Step>(_ -> true).shrink(numbered(37).steps())).isEmpty();
  }

  @Test
  void runs_are_bounded() {
    int[] runs = {0};
    new Shrinker<Step>(
            _ -> {
              runs[0]++;
              return false;
            })
        .shrink(numbered(5_000).steps());

    assertThat(runs[0]).isLessThanOrEqualTo(Shrinker.RUNS);
  }
}
