package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Repeats all measurements until two runs agree on which goals are reached. */
final class Runs {

  /** Then the figures are printed although no two runs agree. */
  private static final int MOST = 4;

  private Runs() {}

  @FunctionalInterface
  interface Run {

    /**
     * Measures everything once.
     *
     * @param name another one for each run, for its directory
     */
    List<Ratio> measure(String name) throws Exception;
  }

  /**
   * Runs at least twice.
   *
   * @return for each figure its median, with the spread of its ratios; of an even number of runs
   *     the worse of the two in the middle
   */
  static List<Ratio> untilTwoAgree(Run run) throws Exception {
    List<List<Ratio>> runs = new ArrayList<>();
    do {
      runs.add(run.measure("run-" + (runs.size() + 1)));
      Bench.show("run " + runs.size());
      runs.getLast().forEach(Bench::show);
    } while (runs.size() < MOST && !lastTwoAgree(runs));
    List<Ratio> medians = new ArrayList<>();
    for (int i = 0; i < runs.getFirst().size(); i++) {
      int figure = i;
      medians.add(median(runs.stream().map(ratios -> ratios.get(figure)).toList()));
    }
    return medians;
  }

  private static boolean lastTwoAgree(List<List<Ratio>> runs) {
    return runs.size() > 1 && reached(runs.getLast()).equals(reached(runs.get(runs.size() - 2)));
  }

  private static List<Boolean> reached(List<Ratio> run) {
    return run.stream().map(Ratio::reached).toList();
  }

  private static Ratio median(List<Ratio> ofRuns) {
    List<Ratio> sorted = ofRuns.stream().sorted(Comparator.comparingDouble(Ratio::ratio)).toList();
    int middle =
        sorted.getFirst().goal() instanceof Goal.AtLeast
            ? (sorted.size() - 1) / 2
            : sorted.size() / 2;
    Ratio median = sorted.get(middle);
    String spread =
        String.format(
            Locale.ROOT, "%.2f to %.2f", sorted.getFirst().ratio(), sorted.getLast().ratio());
    return new Ratio(
        median.id(), median.figure(), median.service(), median.reference(), median.goal(), spread);
  }
}
