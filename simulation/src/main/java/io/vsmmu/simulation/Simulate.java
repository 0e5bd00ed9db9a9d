package io.vsmmu.simulation;

import io.vsmmu.differential.Shrinker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/**
 * The program behind {@code bench/simulate}: runs the programs of many seeds and shortens those
 * that fail.
 */
public final class Simulate {

  /** Largest number of steps of the random part of a program. */
  static final int STEPS = 60;

  /** After this time the shortest program so far is the result. */
  private static final Duration LONGEST_SHRINKING = Duration.ofSeconds(40);

  /** Programs at a time: some wait for threads of the product. */
  private static final int THREADS = 3 * Runtime.getRuntime().availableProcessors();

  private static final int EXIT_FAILED = 1;

  /** Programs after which a line says how far the run is. */
  private static final int PROGRESS = 500;

  /** Held, because a logger that nothing refers to loses its level. */
  private static final Logger LOGGER = Logger.getLogger("io.vsmmu");

  private static final Logger DATABASE_LOGGER = Logger.getLogger("org.flywaydb");

  private final Options options;
  private final PrintStream out;
  private final Coverage coverage = new Coverage();
  private final AtomicLong next;
  private final AtomicLong done = new AtomicLong();
  private final AtomicInteger failures = new AtomicInteger();
  private final List<Long> failed = new ArrayList<>();

  /**
   * What to run.
   *
   * @param seeds the number of seeds
   * @param first the first one
   * @param steps the largest number of steps of the random part of a program
   * @param database whether some programs keep their log in PostgreSQL too
   * @param mostFailures after this number of programs that failed no further one begins
   * @param program a file with a program, which is run instead
   */
  private record Options(
      long seeds,
      long first,
      int steps,
      boolean database,
      int mostFailures,
      Optional<Path> program) {

    static Options parse(String[] arguments) {
      long seeds = 200;
      long first = 1;
      int steps = STEPS;
      boolean database = true;
      int mostFailures = 20;
      Optional<Path> program = Optional.empty();
      for (int i = 0; i < arguments.length; i += 2) {
        String value = i + 1 < arguments.length ? arguments[i + 1] : "";
        switch (arguments[i]) {
          case "--seeds" -> seeds = Long.parseLong(value);
          case "--seed" -> {
            first = Long.parseLong(value);
            seeds = 1;
          }
          case "--from" -> first = Long.parseLong(value);
          case "--steps" -> steps = Integer.parseInt(value);
          case "--database" -> database = !value.equals("no");
          case "--most-failures" -> mostFailures = Integer.parseInt(value);
          case "--program" -> program = Optional.of(Path.of(value));
          default ->
              throw new IllegalArgumentException(
                  "'%s': allowed are --seeds N, --seed S, --from S, --steps N, --database yes|no,"
                          .formatted(arguments[i])
                      + " --most-failures N, --program FILE");
        }
      }
      return new Options(seeds, first, steps, database, mostFailures, program);
    }
  }

  private Simulate(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.next = new AtomicLong(options.first());
  }

  /** Runs what the arguments ask for; exit code 1 if a program failed. */
  public static void main(String[] arguments) throws IOException {
    silence();
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    Simulate simulate = new Simulate(options, System.out);
    boolean passed =
        options.program().isPresent()
            ? simulate.runFile(options.program().get())
            : simulate.runSeeds();
    System.exit(passed ? 0 : EXIT_FAILED);
  }

  /** What the product warns about is what the programs do to it. */
  static void silence() {
    LOGGER.setLevel(Level.OFF);
    DATABASE_LOGGER.setLevel(Level.OFF);
    Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          // A thread of a process that has ended.
          if (usual != null && !(thrown instanceof ProcessEndedError)) {
            usual.uncaughtException(thread, thrown);
          }
        });
  }

  private boolean runFile(Path file) throws IOException {
    Program program = Program.parse(Files.readAllLines(file));
    Optional<Simulation.Failure> failure = Simulation.run(program, coverage);
    out.println(
        failure.map(it -> "step %d: %s".formatted(it.step(), it.what())).orElse("nothing wrong"));
    return failure.isEmpty();
  }

  private boolean runSeeds() {
    Instant begun = Instant.now();
    out.printf(
        "# %d seeds from %d, up to %d random steps%n",
        options.seeds(), options.first(), options.steps());
    List<Thread> threads =
        IntStream.range(0, THREADS)
            .mapToObj(i -> Thread.ofPlatform().name("simulate-" + i).start(this::runSome))
            .toList();
    threads.forEach(Simulate::join);
    Duration took = Duration.between(begun, Instant.now());
    coverage.counts().forEach((what, count) -> out.printf("# %10d %s%n", count, what));
    out.printf(
        "# %d programs in %.1f s, %d failed%n",
        done.get(), took.toMillis() / 1000.0, failed.size());
    return failed.isEmpty();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void runSome() {
    long end = options.first() + options.seeds();
    long seed = next.getAndIncrement();
    while (seed < end && failures.get() < options.mostFailures()) {
      boolean database = options.database() && seed % Generator.DATABASE_EVERY == 0;
      Program program = Generator.generate(seed, options.steps(), database);
      Optional<Simulation.Failure> failure = Simulation.run(program, coverage);
      if (failure.isPresent() && failures.getAndIncrement() < options.mostFailures()) {
        report(program, failure.get());
      }
      if (done.incrementAndGet() % PROGRESS == 0) {
        out.printf("# %d programs, %d failed%n", done.get(), failures.get());
      }
      seed = next.getAndIncrement();
    }
  }

  private void report(Program program, Simulation.Failure failure) {
    Found found = shortest(program, failure);
    synchronized (out) {
      failed.add(program.setup().seed());
      out.printf(
          "not ok - seed %d, step %d: %s%n",
          program.setup().seed(), failure.step(), failure.what());
      out.printf(
          "# %d of %d steps are left: %s%n",
          found.program().steps().size(), program.steps().size(), found.failure().what());
      out.println(found.program().text());
    }
  }

  /** A shorter program and its failure. */
  record Found(Program program, Simulation.Failure failure) {}

  /** Shortens a failing program as long as it fails with the same kind of difference. */
  static Found shortest(Program program, Simulation.Failure failure) {
    String kind = kind(failure);
    Coverage none = new Coverage();
    Instant end = Instant.now().plus(LONGEST_SHRINKING);
    List<Step> steps =
        new Shrinker<Step>(
                shorter ->
                    Instant.now().isBefore(end)
                        && Simulation.run(program.with(shorter), none)
                            .filter(it -> kind(it).equals(kind))
                            .isPresent())
            .shrink(program.steps());
    Program shortest = program.with(steps);
    return new Found(shortest, Simulation.run(shortest, none).orElse(failure));
  }

  /** A failure's text without its numbers. */
  private static String kind(Simulation.Failure failure) {
    return failure.what().replaceAll("0x[0-9a-f]+|[0-9]+", "N");
  }
}
