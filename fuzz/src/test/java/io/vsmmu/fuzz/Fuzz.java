package io.vsmmu.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code bench/fuzz}: fuzzes the targets, prints the inputs of each, and fails when there is a
 * finding.
 *
 * <pre>
 * --seconds N   all targets in one process, for that long
 * --inputs N    each target in a process of its own, N inputs together, by their shares
 * --target NAME this target alone
 * </pre>
 */
final class Fuzz {

  private static final String USAGE = "bench/fuzz (--seconds N | --inputs N) [--target NAME]";

  private long seconds;
  private long inputs;
  private List<FuzzTargets> targets = List.of(FuzzTargets.values());

  private Fuzz() {}

  static void main(String[] arguments) throws IOException, InterruptedException {
    Fuzz fuzz = new Fuzz();
    try {
      fuzz.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage() + "\n" + USAGE);
      System.exit(2);
    }
    System.exit(fuzz.run() ? 0 : 1);
  }

  private void parse(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " has no value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--seconds" -> seconds = Long.parseLong(value);
        case "--inputs" -> inputs = Long.parseLong(value);
        case "--target" -> targets = List.of(FuzzTargets.named(value));
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    if (seconds > 0 == inputs > 0) {
      throw new IllegalArgumentException("either --seconds or --inputs, more than 0");
    }
  }

  /** Whether there was no finding. */
  private boolean run() throws IOException, InterruptedException {
    System.out.printf("%-12s %12s %8s %10s  %s%n", "target", "inputs", "seconds", "a second", "");
    List<FuzzRun.Result> results = new ArrayList<>();
    if (seconds > 0 && targets.size() > 1) {
      results.addAll(new FuzzRun(JazzerEntry.ALL, targets).of("-max_total_time=" + seconds));
    } else {
      long shares = targets.stream().mapToLong(FuzzTargets::share).sum();
      for (FuzzTargets target : targets) {
        String end =
            seconds > 0
                ? "-max_total_time=" + seconds
                : "-runs=" + Math.ceilDiv(inputs * target.share(), shares);
        results.addAll(new FuzzRun(target.label(), List.of(target)).of(end));
      }
    }
    long total = results.stream().mapToLong(FuzzRun.Result::inputs).sum();
    List<FuzzRun.Result> found = results.stream().filter(FuzzRun.Result::finding).toList();
    System.out.printf(Locale.ROOT, "%,d inputs, %d findings%n", total, found.size());
    for (FuzzRun.Result finding : found) {
      System.out.printf(
          "%s: %s%n  the input is %s/%s-*; copy it to %s, where CorpusTest takes it again%n",
          finding.target(),
          finding.text(),
          FuzzRun.FINDINGS,
          finding.target(),
          Path.of("fuzz/src/test/resources/corpus", finding.target()));
    }
    return found.isEmpty() && total > 0;
  }
}
