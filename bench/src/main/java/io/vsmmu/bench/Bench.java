package io.vsmmu.bench;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs the measurements and prints the ratios: most of them on one fresh embedded PostgreSQL, those
 * of growth and of many vSMMUs on services of their own.
 */
public final class Bench {

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** The argument that runs all measurements. */
  private static final String EVERYTHING = "all";

  /** The argument that runs only the measurements with guests behind a VMM's socket. */
  private static final String GUESTS_ONLY = "guests";

  /** The argument that runs only the measurements of doorbells without a socket. */
  private static final String DOORBELLS_ONLY = "doorbells";

  /**
   * The argument that measures only how work grows with the log; the number of events of the
   * longest log may follow.
   */
  private static final String GROW_ONLY = "grow";

  /** The argument that measures only many idle vSMMUs; their number may follow. */
  private static final String MANY_ONLY = "many";

  /**
   * The argument that measures only the comparison of two logs; their number of events may follow.
   */
  private static final String COMPARE_ONLY = "compare";

  /** The argument that measures only the event codecs, without a database. */
  private static final String CODECS_ONLY = "codecs";

  /** The argument that measures only imports and replays. */
  private static final String INGEST_ONLY = "ingest";

  /** The argument that measures only searches of a log; the number of its events may follow. */
  private static final String FIND_ONLY = "find";

  /**
   * The argument that measures only timelines of a log, and what set a value; the number of its
   * events may follow.
   */
  private static final String TIMELINE_ONLY = "timeline";

  /**
   * The argument that measures only the console in a browser; the number of its log's events may
   * follow.
   */
  private static final String CONSOLE_ONLY = "console";

  private Bench() {}

  /**
   * One line of the result.
   *
   * @param id the id of the goal
   * @param service the figure of the service
   * @param reference the figure of the reference; 1 if there is none
   * @param goal what the ratio has to reach
   * @param spread the least and the greatest ratio of several runs; empty for one
   */
  record Ratio(
      String id, String figure, double service, double reference, Goal goal, String spread) {

    Ratio(String id, String figure, double service, double reference, Goal goal) {
      this(id, figure, service, reference, goal, "");
    }

    String line() {
      return String.format(
          Locale.ROOT,
          "%-4s %-62s %12.1f %12.1f %8.2f %-15s %s",
          id,
          figure,
          service,
          reference,
          ratio(),
          spread,
          goal.verdict(ratio()));
    }

    double ratio() {
      return service / reference;
    }

    boolean hasGoal() {
      return !(goal instanceof Goal.None);
    }

    boolean reached() {
      return goal.reached(ratio());
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("vsmmu-bench");
    boolean reached;
    try {
      reached = print(measure(List.of(arguments), directory));
    } finally {
      delete(directory);
    }
    if (!reached) {
      System.exit(1);
    }
  }

  /** The number after the name of a measurement; empty or absent for its default. */
  private static long number(List<String> arguments, long otherwise) {
    return arguments.stream()
        .skip(1)
        .filter(text -> !text.isBlank())
        .findFirst()
        .map(Long::parseLong)
        .orElse(otherwise);
  }

  private static List<Ratio> measure(List<String> arguments, Path directory) throws Exception {
    if (arguments.contains(CODECS_ONLY)) {
      return new Codecs().measure();
    }
    if (arguments.contains(GROW_ONLY)) {
      return new Grow(directory, number(arguments, 0)).measure();
    }
    if (arguments.contains(FIND_ONLY)) {
      return new Searches(directory, number(arguments, 0)).measure();
    }
    if (arguments.contains(TIMELINE_ONLY)) {
      return new Timelines(directory, number(arguments, 0)).measure();
    }
    if (arguments.contains(CONSOLE_ONLY)) {
      return new ConsoleInBrowser(directory, number(arguments, 0)).measure();
    }
    if (arguments.contains(COMPARE_ONLY)) {
      return new CompareLogs(directory, number(arguments, 0)).measure();
    }
    if (arguments.contains(MANY_ONLY)) {
      return new Many(directory, (int) number(arguments, Many.DEFAULT)).measure();
    }
    if (!arguments.contains(EVERYTHING)) {
      return onOneDatabase(arguments, directory);
    }
    List<Ratio> ratios =
        new ArrayList<>(
            Runs.untilTwoAgree(
                run -> onOneDatabase(arguments, Files.createDirectory(directory.resolve(run)))));
    ratios.addAll(new Many(directory, Many.DEFAULT).measure());
    ratios.addAll(new Grow(directory, 0).measure());
    ratios.addAll(new Searches(directory, 0).measure());
    ratios.addAll(new Timelines(directory, 0).measure());
    return ratios;
  }

  private static List<Ratio> onOneDatabase(List<String> arguments, Path directory)
      throws Exception {
    try (EmbeddedDatabase postgres = EmbeddedDatabase.start(directory.resolve("postgres"));
        EventDatabase database =
            EventDatabase.open(
                postgres.jdbcUrl(),
                JournalSettings.in(directory.resolve("journal")),
                EventLogLimits.DEFAULTS)) {
      List<Ratio> ratios = new ArrayList<>();
      RawInserts raw = new RawInserts(postgres.dataSource());
      RawSyncs syncs = new RawSyncs(directory.resolve("syncs"));
      if (arguments.contains(DOORBELLS_ONLY)) {
        return new Doorbells(database, raw).measure();
      }
      if (arguments.contains(INGEST_ONLY)) {
        return new Ingest(database, postgres.dataSource(), directory).measure();
      }
      // First, so that a guest's first reads run code that only the service's warm-up has compiled.
      ratios.addAll(
          guests(database, raw, syncs, directory.resolve("sockets"), directory.resolve("far")));
      if (!arguments.contains(GUESTS_ONLY)) {
        ratios.addAll(new Codecs().measure());
        ratios.addAll(new Doorbells(database, raw).measure());
        ratios.addAll(new Ingest(database, postgres.dataSource(), directory).measure());
      }
      return ratios;
    }
  }

  /** Prints a figure as soon as it is known. */
  static void show(Ratio ratio) {
    show(ratio.line());
  }

  static void show(String line) {
    OUT.println(line);
  }

  /** Prints all figures; returns whether every goal is reached. */
  private static boolean print(List<Ratio> ratios) {
    OUT.printf(
        "%n%-4s %-62s %12s %12s %8s %-15s %s%n",
        "", "figure", "service", "reference", "ratio", "of all runs", "goal");
    ratios.forEach(ratio -> OUT.println(ratio.line()));
    long missed = ratios.stream().filter(ratio -> !ratio.reached()).count();
    OUT.printf("%d of %d goals missed%n", missed, ratios.stream().filter(Ratio::hasGoal).count());
    return missed == 0;
  }

  private static List<Ratio> guests(
      EventDatabase database, RawInserts raw, RawSyncs syncs, Path sockets, Path far)
      throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    try (AxonDecisionLog decisionLog = new AxonDecisionLog(database);
        InProcessService service = new InProcessService(database, decisionLog, sockets)) {
      ratios.addAll(new RegisterReads(service).measure());
      ratios.addAll(new SyncLatency(service, raw, syncs).measure());
      ratios.addAll(new FarDatabase(service, Files.createDirectories(far)).measure());
      ratios.addAll(new Forwarding(service).measure());
      ratios.addAll(new Storm(service).measure());
    }
    return ratios;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Bench::deleteOne);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException left) {
      OUT.println("left behind: " + file);
    }
  }
}
