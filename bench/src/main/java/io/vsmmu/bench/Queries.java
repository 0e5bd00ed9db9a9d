package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.List;

/** The time of a request for a projected log of 5M events, relative to one of 100k events. */
final class Queries {

  private static final long SHORT = 100_000;
  private static final long LONG = 5_000_000;
  private static final int LISTED = 1000;
  private static final int LISTED_EVENTS = 200;
  private static final int WARM_UP = 40;
  private static final int TIMES = 40;
  private static final double HALF = 0.5;

  private final EventDatabase database;
  private final TimeTravel travel;
  private final EventQueries events;
  private final InvalidationQueries invalidations;
  private final Linter findings;
  private final SummaryQueries summaries;

  Queries(EventDatabase database) {
    this.database = database;
    this.travel = new TimeTravel(database.log(), database.snapshots());
    this.events = new EventQueries(database.pool(), database.log());
    this.invalidations = new InvalidationQueries(database.pool(), database.log());
    this.findings = new Linter(database.log(), travel, new Checkpoints(database.pool()));
    this.summaries = new SummaryQueries(database.pool(), database.log());
  }

  /** A request for the log of a vSMMU. */
  private interface Question {
    Object ask(int vsmmu);
  }

  List<Ratio> measure() throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    Projector projector =
        new Projector(
            database.pool(),
            database.log(),
            database.snapshots(),
            travel,
            new FindingsProjection(database.log(), travel, new Checkpoints(database.pool())));
    int few = LongLog.write(database, "short", SHORT);
    List<Integer> listed = new ArrayList<>();
    for (int i = 0; i < LISTED; i++) {
      listed.add(LongLog.write(database, "listed-" + i, LISTED_EVENTS));
    }
    int many = LongLog.write(database, "long", LONG);
    long start = System.nanoTime();
    projector.catchUp();
    double rate = database.log().headPosition() / ((System.nanoTime() - start) / 1e9);
    ratios.add(
        new Ratio("PROJ", "events projected per second, of an existing log", rate, 1, Goal.NONE));
    AddressRange rare = AddressRange.of(LongLog.RARE_ADDRESS, 1);
    AddressRange never = AddressRange.of(0xbeef_0000L, 1);
    compare(
        ratios,
        few,
        many,
        "100 events by a rare ASID",
        list(EventFilter.ALL.withAsid(LongLog.RARE_ASID)));
    compare(
        ratios,
        few,
        many,
        "100 events by a rare address",
        list(EventFilter.ALL.withAddresses(rare)));
    compare(
        ratios,
        few,
        many,
        "100 events by a frequent ASID and a rare address",
        list(EventFilter.ALL.withAsid(LongLog.FREQUENT_ASID).withAddresses(rare)));
    compare(
        ratios,
        few,
        many,
        "events by an ASID that there is not",
        list(EventFilter.ALL.withAsid(99)));
    compare(
        ratios,
        few,
        many,
        "events by an address that there is not",
        list(EventFilter.ALL.withAddresses(never)));
    compare(
        ratios,
        few,
        many,
        "events of a type that there is not",
        list(EventFilter.ALL.withTypes(EventKind.TRANSLATION_OBSERVED)));
    compare(
        ratios,
        few,
        many,
        "100 invalidations by a rare address",
        vsmmu ->
            invalidations.invalidations(
                vsmmu,
                new InvalidationFilter(null, null, rare, null, null),
                Keyset.oldestFirst(100)));
    compare(ratios, few, many, "findings", findings::of);
    Samples list = new Samples();
    Samples warm = new Samples();
    warm.take(WARM_UP, () -> summaries.of(listed));
    list.take(TIMES, () -> summaries.of(listed));
    ratios.add(
        new Ratio(
            "QRY", "summaries of 1000 vSMMUs, us", list.micros(HALF), 1, new Goal.AtMost(200_000)));
    return ratios;
  }

  private Question list(EventFilter filter) {
    return vsmmu -> events.events(vsmmu, filter, Keyset.oldestFirst(100));
  }

  private static void compare(
      List<Ratio> ratios, int few, int many, String figure, Question question) throws Exception {
    Samples warm = new Samples();
    warm.take(WARM_UP, () -> question.ask(few));
    Samples atFew = new Samples();
    Samples atMany = new Samples();
    for (int round = 0; round < TIMES; round++) {
      atFew.take(1, () -> question.ask(few));
      atMany.take(1, () -> question.ask(many));
    }
    ratios.add(
        new Ratio(
            "QRY",
            figure + ", us at 5M : at 100k",
            atMany.micros(HALF),
            atFew.micros(HALF),
            new Goal.AtMost(2)));
  }
}
