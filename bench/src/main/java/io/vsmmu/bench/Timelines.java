package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.cause.ValueOrigin;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.debugger.find.PartReaders;
import io.vsmmu.debugger.timeline.TimelineAxis;
import io.vsmmu.debugger.timeline.TimelineLimits;
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineQueries;
import io.vsmmu.debugger.timeline.TimelineRequest;
import io.vsmmu.debugger.timeline.TimelineTables;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * TIME: timelines of a log of 1M events ({@link LongLog}), or of as many as the argument says, at
 * random zooms and of all of it; WHY: what set a value, when the state says since when it has been
 * so, and when the whole log has to be folded.
 */
final class Timelines {

  private static final long EVENTS = 1_000_000;
  private static final long SEED = 39;
  private static final int WARM_UP = 20;
  private static final int ZOOMS = 200;
  private static final int WHOLES = 40;
  private static final int TRACES = 20;
  private static final double HALF = 0.5;
  private static final double TAIL = 0.99;
  private static final double MILLI = 1e3;
  private static final double SECOND = 1e6;
  private static final double GOAL_MILLIS = 150;

  private final Path folder;
  private final long events;

  /**
   * @param events of the log; 0 for {@link #EVENTS}
   */
  Timelines(Path folder, long events) {
    this.folder = folder;
    this.events = events == 0 ? EVENTS : events;
  }

  List<Ratio> measure() throws Exception {
    try (OwnDatabase own = OwnDatabase.start(folder.resolve("timeline"));
        PartReaders readers = new PartReaders()) {
      EventDatabase database = own.database();
      Tables.migrate(database.pool());
      TimelineTables.migrate(database.pool());
      int vsmmu = LongLog.write(database, "timeline", events);
      database.writer().awaitTail();
      TimeTravel states = new TimeTravel(database.log(), database.snapshots());
      new Projector(
              database.pool(),
              database.log(),
              database.snapshots(),
              states,
              new TimelineProjection(database.log(), states))
          .catchUp();
      Bench.show("%,d events are written and projected".formatted(events));
      TimelineQueries timelines = new TimelineQueries(database.pool(), database.log(), states);
      ValueOrigin origins =
          new ValueOrigin(
              database.log(),
              states,
              database.snapshots(),
              new EventQueries(database.pool(), database.log()),
              readers);
      StateAtEvent newest = states.at(vsmmu, LogPoint.HEAD).found().orElseThrow();
      SplittableRandom random = new SplittableRandom(SEED);
      return List.of(
          timeline("random zoom, 100 parts by time", ZOOMS, timelines, vsmmu, random, false),
          timeline("the whole log, 1000 parts by time", WHOLES, timelines, vsmmu, random, true),
          why("STE of a stream, s", origins, newest, "streams[0x200].ste[0]", TRACES),
          why("register set at boot, s", origins, newest, "registers.STRTAB_BASE", 1));
    }
  }

  private Ratio timeline(
      String what,
      int times,
      TimelineQueries timelines,
      int vsmmu,
      SplittableRandom random,
      boolean whole)
      throws Exception {
    new Samples().take(WARM_UP, () -> timelines.of(vsmmu, request(random, whole)));
    Samples samples = new Samples();
    samples.take(times, () -> timelines.of(vsmmu, request(random, whole)));
    Bench.show(
        "%s: p50 %.1f ms, p99 %.1f ms"
            .formatted(what, samples.micros(HALF) / MILLI, samples.micros(TAIL) / MILLI));
    return new Ratio(
        "TIME", what + ", ms p99", samples.micros(TAIL) / MILLI, 1, new Goal.AtMost(GOAL_MILLIS));
  }

  /** The whole log, or a part of it: each power of two of events is as likely. */
  private TimelineRequest request(SplittableRandom random, boolean whole) {
    if (whole) {
      return new TimelineRequest(null, null, TimelineAxis.TIME, TimelineLimits.BUCKETS);
    }
    long from = 1 + random.nextLong(events);
    long length = (long) Math.exp(random.nextDouble() * Math.log((double) events));
    return new TimelineRequest(
        LogPoint.position(from),
        LogPoint.position(Math.min(events, from + length)),
        TimelineAxis.TIME,
        TimelineLimits.DEFAULT_BUCKETS);
  }

  private static Ratio why(
      String what, ValueOrigin origins, StateAtEvent newest, String path, int times)
      throws Exception {
    StatePath value = StatePath.of(path);
    Samples samples = new Samples();
    samples.take(times, () -> origins.lastChange(value, newest, new Unwatched()));
    return new Ratio("WHY", what, samples.micros(HALF) / SECOND, 1, Goal.NONE);
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
