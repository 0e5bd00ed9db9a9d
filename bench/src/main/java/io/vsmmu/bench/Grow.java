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
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineTables;
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
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    List<OpenLog> logs = new ArrayList<>();
    try {
      for (long size : sizes) {
        OpenLog log = OpenLog.open(data(size), size);
        logs.add(log);
        write(log);
      }
      questions(logs);
    } finally {
      logs.forEach(OpenLog::close);
    }
    for (long size : sizes) {
      service(data(size), size);
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
          double grown = Math.log(at(name, sizes.getLast()) / at(name, sizes.getFirst()));
          Bench.show(line + "%11.2f".formatted(grown / span));
        });
  }

  private void put(String figure, long size, double seconds) {
    Bench.show("%,12d  %-58s %14.6f s".formatted(size, figure, seconds));
    figures.computeIfAbsent(figure, name -> new LinkedHashMap<>()).put(size, seconds);
  }

  private Path data(long size) {
    return folder.resolve("events-" + size);
  }

  /** A database with the log of one vSMMU, where the service expects it. */
  private static final class OpenLog implements AutoCloseable {

    private final long size;
    private final EmbeddedDatabase postgres;
    private final EventDatabase database;
    private final Linter findings;
    private int vsmmu;

    private OpenLog(long size, EmbeddedDatabase postgres, EventDatabase database) {
      this.size = size;
      this.postgres = postgres;
      this.database = database;
      this.findings =
          new Linter(
              database.log(),
              new TimeTravel(database.log(), database.snapshots()),
              new Checkpoints(database.pool()));
    }

    static OpenLog open(Path data, long size) throws IOException {
      EmbeddedDatabase postgres = EmbeddedDatabase.start(data.resolve("postgres"));
      EventDatabase database =
          EventDatabase.open(
              postgres.jdbcUrl(),
              JournalSettings.in(data.resolve("journal")),
              EventLogLimits.DEFAULTS);
      Tables.migrate(database.pool());
      TimelineTables.migrate(database.pool());
      return new OpenLog(size, postgres, database);
    }

    @Override
    public void close() {
      database.close();
      try {
        postgres.close();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }

  private void write(OpenLog log) {
    long start = System.nanoTime();
    log.vsmmu = LongLog.write(log.database, VSMMU, log.size);
    put(APPEND, log.size, seconds(start));
    start = System.nanoTime();
    TimeTravel travel = new TimeTravel(log.database.log(), log.database.snapshots());
    new Projector(
            log.database.pool(),
            log.database.log(),
            log.database.snapshots(),
            travel,
            new FindingsProjection(
                log.database.log(), travel, new Checkpoints(log.database.pool())),
            new TimelineProjection(log.database.log(), travel))
        .catchUp();
    put(PROJECT, log.size, seconds(start));
    wholeLog(log.database, log.vsmmu, log.size);
  }

  /** A request for the log of a vSMMU. */
  private interface Question {
    void ask(OpenLog log);
  }

  /** Work that must not depend on the length of the log. */
  private void questions(List<OpenLog> logs) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    compare(logs, STATE, "state at a random position, p99", log -> stateAt(log, random));
    Keyset newest = new Keyset(OptionalLong.empty(), PAGE, Keyset.Order.NEWEST_FIRST);
    Keyset oldest = Keyset.oldestFirst(PAGE);
    compare(logs, PAGE_P50, PAGE_P99, log -> events(log, stream(LongLog.BUSY_STREAM), newest));
    compare(
        logs,
        "newest 100 events of a rare StreamID, p50",
        "",
        log -> events(log, stream(LongLog.RARE_STREAM), newest));
    compare(
        logs,
        "oldest 100 events of a rare ASID, p50",
        "",
        log -> events(log, EventFilter.ALL.withAsid(LongLog.RARE_ASID), oldest));
    compare(
        logs,
        "events of an ASID that no event names, p50",
        "",
        log -> events(log, EventFilter.ALL.withAsid(LongLog.ABSENT_ASID), oldest));
    AddressRange absent = AddressRange.of(LongLog.ABSENT_ADDRESS, 1);
    compare(
        logs,
        "events of an address that no event names, p50",
        "",
        log -> events(log, EventFilter.ALL.withAddresses(absent), oldest));
    InvalidationFilter all = new InvalidationFilter(null, null, null, null, null);
    compare(
        logs,
        "newest 100 invalidations, p50",
        "",
        log ->
            new InvalidationQueries(log.database.pool(), log.database.log())
                .invalidations(log.vsmmu, all, newest));
    compare(logs, "findings, p50", "", log -> log.findings.of(log.vsmmu));
  }

  private static void events(OpenLog log, EventFilter filter, Keyset keyset) {
    new EventQueries(log.database.pool(), log.database.log()).events(log.vsmmu, filter, keyset);
  }

  private static EventFilter stream(int streamId) {
    return new EventFilter(Set.of(), streamId, null, null, null, null, false);
  }

  /** Without states that an earlier request left in the cache. */
  private static void stateAt(OpenLog log, SplittableRandom random) {
    long position = 1 + random.nextLong(log.database.log().headPosition());
    TimeTravel travel = new TimeTravel(log.database.log(), log.database.snapshots());
    if (!(travel.at(log.vsmmu, new LogPoint.AtPosition(position)) instanceof StateLookup.Found)) {
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

  /**
   * Asks each log in turn, so that other load of the machine meets all of them alike.
   *
   * @param tail the figure of the 99th percentile; empty if it is not wanted
   */
  private void compare(List<OpenLog> logs, String median, String tail, Question question)
      throws Exception {
    Map<OpenLog, Samples> samples = new LinkedHashMap<>();
    for (int round = 0; round < WARM_UP + TIMES; round++) {
      for (OpenLog log : logs) {
        Samples taken =
            round < WARM_UP ? new Samples() : samples.computeIfAbsent(log, key -> new Samples());
        taken.take(1, () -> question.ask(log));
      }
    }
    samples.forEach(
        (log, taken) -> {
          put(median, log.size, taken.micros(HALF) / MICROS);
          if (!tail.isEmpty()) {
            put(tail, log.size, taken.micros(TAIL) / MICROS);
          }
        });
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
