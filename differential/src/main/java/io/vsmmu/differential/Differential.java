package io.vsmmu.differential;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code lab/differential}: runs programs on both machines and prints every difference. */
public final class Differential {

  private final DifferentialOptions options;
  private final PrintStream out;
  private final Map<KnownDifference, Long> times = new EnumMap<>(KnownDifference.class);
  private final Map<KnownDifference, Long> programs = new EnumMap<>(KnownDifference.class);
  private long steps;
  private int passed;
  private int failed;

  private Differential(DifferentialOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs the programs; the arguments are those of {@link DifferentialOptions}. */
  public static void main(String[] arguments) throws IOException {
    DifferentialOptions options = DifferentialOptions.parse(arguments);
    if (options.pages().isPresent()) {
      MeasuredPages.write(options.pages().get());
      return;
    }
    PrintStream out =
        new PrintStream(
            new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(new Differential(options, out).run());
  }

  private int run() {
    out.println(
        "# seeds %d to %d".formatted(options.seed(), options.seed() + options.programs() - 1));
    QemuMachines machines = new QemuMachines(options.place());
    try (machines) {
      rows(machines);
      for (int i = 0; i < options.programs() && failed < options.most(); i++) {
        program(machines, ProgramGenerator.generate(options.seed() + i));
      }
    }
    summary();
    return failed == 0 ? 0 : 1;
  }

  /** Checks that the programs of each case show exactly the known differences of the case. */
  private void rows(QemuMachines machines) {
    List<ConformanceCases.Case> rows = new ArrayList<>(ConformanceCases.all());
    rows.addAll(ConformanceCases.more());
    for (ConformanceCases.Case row : rows) {
      Set<KnownDifference> shown = EnumSet.noneOf(KnownDifference.class);
      List<String> unexplained = new ArrayList<>();
      for (Program program : row.programs()) {
        ProgramResult result = machines.run(program);
        shown.addAll(result.known().keySet());
        result.unexplained().ifPresent(u -> unexplained.add(u.toString()));
      }
      shown.removeAll(ConformanceCases.EVERYWHERE);
      if (unexplained.isEmpty() && shown.equals(row.shows())) {
        passed++;
      } else {
        failed++;
        out.println(
            "not ok - row '%s': shows %s, not %s %s"
                .formatted(row.rule(), shown, row.shows(), unexplained));
      }
    }
  }

  private void program(QemuMachines machines, Program program) {
    ProgramResult result = machines.run(program);
    steps += result.steps();
    result
        .known()
        .forEach(
            (difference, count) -> {
              times.merge(difference, (long) count, Long::sum);
              programs.merge(difference, 1L, Long::sum);
            });
    if (result.unexplained().isEmpty()) {
      passed++;
    } else {
      failed++;
      ProgramResult.Unexplained first = result.unexplained().get();
      out.println("not ok - seed %d: %s".formatted(program.seed(), first));
      Program shortest =
          program.with(
              new Shrinker<Step>(
                      shorter ->
                          machines
                              .run(program.with(shorter))
                              .unexplained()
                              .filter(first::same)
                              .isPresent())
                  .shrink(program.steps()));
      machines.run(shortest).unexplained().ifPresent(last -> out.println("#   shortest: " + last));
      shortest.lines().forEach(line -> out.println("#   " + line));
    }
  }

  private void summary() {
    out.println("# %d steps".formatted(steps));
    times.forEach(
        (difference, count) ->
            out.println(
                "# %6d times in %5d programs: %s (IHI 0070, %s)"
                    .formatted(
                        count, programs.get(difference), difference.id(), difference.section())));
    out.println("%d passed, %d failed".formatted(passed, failed));
  }
}
