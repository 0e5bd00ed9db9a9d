package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.ChainVerdict;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateLookup;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.wire.EventCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * P5, P6 and the growth of everything that reads a log: the same work on logs of 100k and 1M events
 * ({@link LongLog}), and of more with an argument, each in a database of its own. The exponent of a
 * figure is the e in {@code time ~ events^e} between the shortest and the longest log: 0 for work
 * that does not depend on the length, 1 for work on the whole log.
 */
final class Grow {

  private static final long SHORT = 100_000;
  private static final long LONG = 1_000_000;
  private static final long SEED = 13;

  private static final int WARM_UP = 100;
  private static final int TIMES = 300;
  private static final int STARTS = 3;
  private static final int CALLS = 7;
  private static final int PAGE = 100;
  private static final double HALF = 0.5;
  private static final double TAIL = 0.99;
  private static final double MICROS = 1e6;
  private static final double MILLIS = 1e3;
  private static final double GOAL_STATE = 1.5;
  private static final double GOAL_PAGE = 2;
  private static final double GOAL_PAGE_MILLIS = 50;
  private static final double GOAL_START_SECONDS = 5;
  private static final double GOAL_COMMAND_SECONDS = 0.5;

  private static final String VSMMU = "long";
  private static final String APPEND = "decide, apply and append the log";
  private static final String PROJECT = "project the log";
  private static final String STATE = "state at a random position, p50";
  private static final String PAGE_P50 = "newest 100 events of a StreamID, p50";
  private static final String PAGE_P99 = "newest 100 events of a StreamID, p99";
  private static final String START = "restart to readiness, median";
  private static final String COMMAND = "./vsmmu state, median";

  private final Path folder;
  private final List<Long> sizes;

  /** Seconds of each figure, by the number of events. */
  private final Map<String, Map<Long, Double>> figures = new LinkedHashMap<>();

  /**
   * @param most events of the longest log; 0 for {@link #LONG}
   */
  Grow(Path folder, long most) {
    this.folder = folder;
    this.sizes = most > LONG ? List.of(SHORT, LONG, most) : List.of(SHORT, LONG);
  }

  List<Ratio> measure() throws Exception {
    for (long size : sizes) {
      Path data = folder.resolve("events-" + size);
      log(data, size);
      service(data, size);
    }
    table();
    long least = sizes.getFirst();
    long most = sizes.getLast();
    String span = " at %,d : at %,d".formatted(most, least);
    return List.of(
        new Ratio(
            "P5",
            STATE + ", us" + span,
            at(STATE, most) * MICROS,
            at(STATE, least) * MICROS,
            new Goal.AtMost(GOAL_STATE)),
        new Ratio(
            "P6",
            PAGE_P50 + ", us" + span,
            at(PAGE_P50, most) * MICROS,
            at(PAGE_P50, least) * MICROS,
            new Goal.AtMost(GOAL_PAGE)),
        new Ratio(
            "P6",
            PAGE_P99 + ", ms at %,d".formatted(most),
            at(PAGE_P99, most) * MILLIS,
            1,
            new Goal.AtMost(GOAL_PAGE_MILLIS)),
        new Ratio(
            "STRT",
            "restart to readiness at %,d events, s".formatted(LONG),
            at(START, LONG),
            1,
            new Goal.AtMost(GOAL_START_SECONDS)),
        new Ratio(
            "STRT",
            "./vsmmu state at %,d events, s".formatted(LONG),
            at(COMMAND, LONG),
            1,
            new Goal.AtMost(GOAL_COMMAND_SECONDS)));
  }

  private double at(String figure, long size) {
    return figures.getOrDefault(figure, Map.of()).getOrDefault(size, Double.NaN);
  }

  private void table() {
    StringBuilder head = new StringBuilder("%n%-58s".formatted("seconds"));
    sizes.forEach(size -> head.append("%14s".formatted("%,d".formatted(size))));
    Bench.show(head + "   exponent");
    double span = Math.log((double) sizes.getLast() / sizes.getFirst());
    figures.forEach(
        (name, values) -> {
          StringBuilder line = new StringBuilder("%-58s".formatted(name));
          sizes.forEach(size -> line.append("%14.6f".formatted(values.get(size))));
          double grown = Math.log(values.get(sizes.getLast()) / values.get(sizes.getFirst()));
          Bench.show(line + "%11.2f".formatted(grown / span));
        });
  }

  private void put(String figure, long size, double seconds) {
    Bench.show("%,12d  %-58s %14.6f s".formatted(size, figure, seconds));
    figures.computeIfAbsent(figure, name -> new LinkedHashMap<>()).put(size, seconds);
  }

  private void log(Path data, long size) throws Exception {
    try (EmbeddedDatabase postgres = EmbeddedDatabase.start(data.resolve("postgres"));
        EventDatabase database =
            EventDatabase.open(
                postgres.jdbcUrl(),
                JournalSettings.in(data.resolve("journal")),
                EventLogLimits.DEFAULTS)) {
      long start = System.nanoTime();
      int vsmmu = LongLog.write(database, VSMMU, size);
      put(APPEND, size, seconds(start));
      Tables.migrate(database.pool());
      start = System.nanoTime();
      TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
      new Projector(
              database.pool(),
              database.log(),
              database.snapshots(),
              travel,
              new FindingsProjection(database.log(), travel, new Checkpoints(database.pool())))
          .catchUp();
      put(PROJECT, size, seconds(start));
      questions(database, vsmmu, size);
      wholeLog(database, vsmmu, size);
    }
  }

  /** Work that must not depend on the length of the log. */
  private void questions(EventDatabase database, int vsmmu, long size) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    long head = database.log().headPosition();
    median(size, STATE, () -> stateAt(database, vsmmu, 1 + random.nextLong(head)));
    EventQueries events = new EventQueries(database.pool(), database.log());
    Keyset newest = new Keyset(OptionalLong.empty(), PAGE, Keyset.Order.NEWEST_FIRST);
    Samples pages =
        median(size, PAGE_P50, () -> events.events(vsmmu, stream(LongLog.BUSY_STREAM), newest));
    put(PAGE_P99, size, pages.micros(TAIL) / MICROS);
    median(
        size,
        "newest 100 events of a rare StreamID, p50",
        () -> events.events(vsmmu, stream(LongLog.RARE_STREAM), newest));
    median(
        size,
        "oldest 100 events of a rare ASID, p50",
        () ->
            events.events(
                vsmmu, EventFilter.ALL.withAsid(LongLog.RARE_ASID), Keyset.oldestFirst(PAGE)));
    median(
        size,
        "events of an ASID that no event names, p50",
        () -> events.events(vsmmu, EventFilter.ALL.withAsid(99), Keyset.oldestFirst(PAGE)));
    InvalidationQueries invalidations = new InvalidationQueries(database.pool(), database.log());
    median(
        size,
        "newest 100 invalidations, p50",
        () ->
            invalidations.invalidations(
                vsmmu, new InvalidationFilter(null, null, null, null, null), newest));
    Linter findings =
        new Linter(
            database.log(),
            new TimeTravel(database.log(), database.snapshots()),
            new Checkpoints(database.pool()));
    median(size, "findings, p50", () -> findings.of(vsmmu));
  }

  private static EventFilter stream(int streamId) {
    return new EventFilter(Set.of(), streamId, null, null, null, null, false);
  }

  /** Without states that an earlier request left in the cache. */
  private static void stateAt(EventDatabase database, int vsmmu, long position) {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    if (!(travel.at(vsmmu, new LogPoint.AtPosition(position)) instanceof StateLookup.Found)
        && position > 1) {
      throw new IllegalStateException("no state at " + position);
    }
  }

  /** Work on every event. */
  private void wholeLog(EventDatabase database, int vsmmu, long size) {
    long start = System.nanoTime();
    if (!(database.verifier().verify(vsmmu) instanceof ChainVerdict.Intact)) {
      throw new IllegalStateException("The hash chain of a log that was just written is broken");
    }
    put("verify the hash chain", size, seconds(start));
    start = System.nanoTime();
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      database
          .log()
          .read(
              vsmmu,
              0,
              Long.MAX_VALUE,
              event -> replay.accept(EventCodec.decode(event.type(), event.payload())));
      ReplayReport report = replay.finish();
      if (report.diverged() > 0) {
        throw new IllegalStateException("The replay diverges: " + report.divergences().getFirst());
      }
    }
    put("replay and compare with a simulated host", size, seconds(start));
  }

  /** The service as a process of its own on the same data. */
  private void service(Path data, long size) throws Exception {
    List<Double> starts = new ArrayList<>();
    // The first start also makes what later ones use to be faster.
    for (int i = 0; i <= STARTS; i++) {
      try (ServiceProcess service = new ServiceProcess(data, "")) {
        if (i > 0) {
          starts.add(service.startSeconds());
        }
        if (i == STARTS) {
          put(START, size, middle(starts));
          put("processor of a restart", size, service.processorSeconds());
          List<Double> calls = new ArrayList<>();
          for (int call = 0; call <= CALLS; call++) {
            double taken = service.commandSeconds(List.of("state", VSMMU));
            if (call > 0) {
              calls.add(taken);
            }
          }
          put(COMMAND, size, middle(calls));
        }
      }
      ServiceProcess.awaitLearned();
    }
  }

  private static double middle(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private Samples median(long size, String figure, Samples.Work work) throws Exception {
    new Samples().take(WARM_UP, work);
    Samples samples = new Samples();
    samples.take(TIMES, work);
    put(figure, size, samples.micros(HALF) / MICROS);
    return samples;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
