package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.find.FindAnswer;
import io.vsmmu.debugger.find.FindMode;
import io.vsmmu.debugger.find.FindQuery;
import io.vsmmu.debugger.find.Finder;
import io.vsmmu.debugger.find.PartReaders;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.TimeTravel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * FIND: searches of a log of 1M events ({@link LongLog}), or of as many as the argument says: one
 * that reads every event, once with the state and once without, and one that bisects. The log is
 * read from PostgreSQL's buffers or the system's; the first round of each search compiles the code
 * and is not counted.
 */
final class Searches {

  private static final long EVENTS = 1_000_000;
  private static final int ROUNDS = 7;
  private static final double GOAL_STREAMING = 2;
  private static final double GOAL_BISECTING = 0.2;
  private static final double GOAL_LONG = 15;
  private static final long LONG = 10_000_000;
  private static final double SECOND = 1e9;

  private final Path folder;
  private final long events;

  /**
   * @param events of the log; 0 for {@link #EVENTS}
   */
  Searches(Path folder, long events) {
    this.folder = folder;
    this.events = events == 0 ? EVENTS : events;
  }

  List<Ratio> measure() throws Exception {
    try (OwnDatabase own = OwnDatabase.start(folder.resolve("find"))) {
      EventDatabase database = own.database();
      Tables.migrate(database.pool());
      int vsmmu = LongLog.write(database, "find", events);
      database.writer().awaitTail();
      TimeTravel states = new TimeTravel(database.log(), database.snapshots());
      new Projector(database.pool(), database.log(), database.snapshots(), states).catchUp();
      Bench.show("%,d events are written and projected".formatted(events));
      try (PartReaders readers = new PartReaders()) {
        Finder finder =
            new Finder(database.log(), states, database.snapshots(), database.registry(), readers);
        return searches(finder, vsmmu);
      }
    }
  }

  private List<Ratio> searches(Finder finder, int vsmmu) {
    double streaming = events >= LONG ? GOAL_LONG : GOAL_STREAMING;
    List<Ratio> ratios = new ArrayList<>();
    ratios.add(
        search(
            finder,
            vsmmu,
            "a state that never was, s",
            "any(streams, fault == \"F_UUT\")",
            FindMode.FIRST,
            streaming));
    ratios.add(
        search(
            finder,
            vsmmu,
            "every run of a state, s",
            "streams[0x100].effective == \"TRANSLATE\"",
            FindMode.ALL,
            streaming));
    ratios.add(
        search(
            finder,
            vsmmu,
            "every event of a kind, s",
            "event.asid == " + LongLog.ABSENT_ASID,
            FindMode.ALL,
            streaming));
    ratios.add(
        search(
            finder,
            vsmmu,
            "a count, by bisecting, s",
            "commands.CMD_SYNC >= " + events / 5,
            FindMode.FIRST,
            GOAL_BISECTING));
    return ratios;
  }

  private static Ratio search(
      Finder finder, int vsmmu, String figure, String text, FindMode mode, double goal) {
    FindQuery query = FindQuery.of(vsmmu, Expression.of(text), mode);
    List<Double> seconds = new ArrayList<>();
    FindAnswer answer = finder.find(query, new Unwatched());
    CpuTimes before = CpuTimes.now();
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      finder.find(query, new Unwatched());
      seconds.add((System.nanoTime() - start) / SECOND);
    }
    show(text, answer, CpuTimes.now().microsSince(before));
    double median = seconds.stream().sorted().toList().get(ROUNDS / 2);
    return new Ratio("FIND", figure, median, 1, new Goal.AtMost(goal));
  }

  /** Prints what was found, and the processor time of one search by who spent it. */
  private static void show(String text, FindAnswer answer, Map<String, Double> spent) {
    StringBuilder line = new StringBuilder();
    spent.forEach(
        (who, micros) -> {
          double each = micros / ROUNDS / 1e6;
          if (each >= 0.01) {
            line.append(String.format(Locale.ROOT, "; %s %.2f s", who, each));
          }
        });
    Bench.show(
        "%s: %,d hits in %,d events%s".formatted(text, answer.found(), answer.events(), line));
  }

  /** Progress that no client watches. */
  private static final class Unwatched implements Progress {

    @Override
    public void total(long all) {}

    @Override
    public void advance(long more) {}

    @Override
    public void stopIfCancelled() {}
  }
}
