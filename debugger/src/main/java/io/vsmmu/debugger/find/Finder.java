package io.vsmmu.debugger.find;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Growth;
import io.vsmmu.debugger.find.Bisection.FoundMoment;
import io.vsmmu.debugger.find.FindAnswer.Damage;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.debugger.find.FindAnswer.Run;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events at which a condition holds. A condition that only rises or falls is found by
 * bisecting; for any other, parts of the log are read by several threads, each from a snapshot on,
 * and with only a few parts of the log in memory. The answer is the same as that of a fold over
 * every event. Thread-safe.
 */
public final class Finder {

  private final EventLog log;
  private final TimeTravel states;
  private final Snapshots snapshots;
  private final VsmmuRegistry registry;
  private final PartReaders readers;

  /**
   * @param readers reads parts of logs; the caller closes it
   */
  public Finder(
      EventLog log,
      TimeTravel states,
      Snapshots snapshots,
      VsmmuRegistry registry,
      PartReaders readers) {
    this.readers = readers;
    this.log = log;
    this.states = states;
    this.snapshots = snapshots;
    this.registry = registry;
  }

  /**
   * Searches a log, on the caller's thread and on those of the readers.
   *
   * @throws CancellationException if the progress says so
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if the database cannot
   *     be read
   */
  public FindAnswer find(FindQuery query, Progress progress) {
    Part part = part(query);
    Damage damage = null;
    while (true) {
      try {
        return search(query, part, damage, progress);
      } catch (DamagedLogException damaged) {
        damage = damaged.damage();
        part = new Part(part.first(), Math.min(part.last(), damage.sequence()) - 1);
      }
    }
  }

  /** The part of the log that a query is about, as the log is now. */
  private Part part(FindQuery query) {
    int vsmmu = query.vsmmu();
    OptionalLong first = log.firstSequence(vsmmu);
    OptionalLong last = log.lastSequence(vsmmu);
    if (first.isEmpty() || last.isEmpty()) {
      return new Part(0, -1);
    }
    LogPoint from = query.from();
    LogPoint to = query.to();
    long begin = from == null ? first.getAsLong() : before(vsmmu, from).orElse(-1) + 1;
    long end = to == null ? last.getAsLong() : upTo(vsmmu, to).orElse(-1);
    return new Part(Math.max(first.getAsLong(), begin), Math.min(end, last.getAsLong()));
  }

  private OptionalLong before(int vsmmu, LogPoint point) {
    return switch (point) {
      case LogPoint.Head _ -> OptionalLong.of(log.lastSequence(vsmmu).orElse(0) - 1);
      case LogPoint.AtPosition at -> log.sequenceAtPosition(vsmmu, at.position() - 1);
      case LogPoint.AtInstant at ->
          log.sequenceAtTime(vsmmu, at.instant().minus(1, ChronoUnit.MICROS));
    };
  }

  private OptionalLong upTo(int vsmmu, LogPoint point) {
    return switch (point) {
      case LogPoint.Head _ -> log.lastSequence(vsmmu);
      case LogPoint.AtPosition at -> log.sequenceAtPosition(vsmmu, at.position());
      case LogPoint.AtInstant at -> log.sequenceAtTime(vsmmu, at.instant());
    };
  }

  private FindAnswer search(
      FindQuery query, Part part, @Nullable Damage damage, Progress progress) {
    if (part.isEmpty()) {
      return new FindAnswer(
          0, 0, 0, query.expression().isOccurrence(), false, List.of(), 0, 0, List.of(), damage);
    }
    long snapshot = lastSnapshot(query, part);
    return canBisect(query, part, snapshot)
        ? bisected(query, part, damage, progress)
        : streamed(query, part, snapshot, damage, progress);
  }

  /** The last sequence that is part of a snapshot, up to the end of a part; -1 if there is none. */
  private long lastSnapshot(FindQuery query, Part part) {
    return snapshots
        .latestAtOrBefore(query.vsmmu(), part.last())
        .map(StoredSnapshot::sequence)
        .orElse(-1L);
  }

  /** Without snapshots, states are as expensive as reading every event. */
  private static boolean canBisect(FindQuery query, Part part, long snapshot) {
    return query.expression().growth() != Growth.UNKNOWN
        && (query.mode() != FindMode.ALL || query.buckets() == 0)
        && snapshot >= part.last() - FindLimits.LARGEST_PART;
  }

  private FindAnswer streamed(
      FindQuery query, Part part, long snapshot, @Nullable Damage damage, Progress progress) {
    Expression expression = query.expression();
    FindMode mode = query.mode();
    long from = position(query.vsmmu(), part.first());
    long to = position(query.vsmmu(), part.last());
    boolean all = mode == FindMode.ALL;
    IntervalCounts counts = IntervalCounts.of(from, to, all ? query.buckets() : 0);
    FoundSoFar found = new FoundSoFar(all ? query.hits() : 1, all && query.newest(), counts);
    long origin = registry.byId(query.vsmmu()).map(RegisteredVsmmu::originMicros).orElse(0L);
    long beginning = states.beginning(query.vsmmu());
    progress.total(part.events());
    readers.<Part, Found>inOrder(
        parts(query, part, snapshot).iterator(),
        (next, stopped) -> {
          HitCollector collector =
              all
                  ? new AllHits(query, counts.empty(), next.first() > part.first())
                  : new OneHit(expression, mode, counts.empty());
          return new PartScan(
              log, states, query, origin, beginning, next, collector, progress, stopped);
        },
        read -> {
          found.add(read);
          return found.found() == 0 || all;
        },
        progress);
    return new FindAnswer(
        from,
        to,
        part.events(),
        expression.isOccurrence(),
        false,
        found.hits(),
        found.found(),
        found.holding(),
        found.buckets(),
        damage);
  }

  /** Parts in the order in which they are read. */
  private static List<Part> parts(FindQuery query, Part part, long snapshot) {
    long cuts = query.expression().readsState() ? snapshot : part.last();
    return part.cut(cuts, query.mode().backward());
  }

  private FindAnswer bisected(
      FindQuery query, Part part, @Nullable Damage damage, Progress progress) {
    Bisection bisection = new Bisection(log, states, query);
    Part holding = bisection.holding(part, progress);
    FindMode mode = query.mode();
    boolean all = mode == FindMode.ALL;
    OptionalLong hit =
        holding.isEmpty()
            ? OptionalLong.empty()
            : hit(bisection, holding, states.beginning(query.vsmmu()), mode);
    List<Hit> hits =
        hit.isEmpty() || (all && query.hits() == 0)
            ? List.of()
            : List.of(hit(query, bisection, hit.getAsLong(), holding));
    return new FindAnswer(
        position(query.vsmmu(), part.first()),
        position(query.vsmmu(), part.last()),
        part.events(),
        false,
        true,
        hits,
        hit.isEmpty() ? 0 : 1,
        all ? holding.events() : 0,
        List.of(),
        damage);
  }

  /** The event that is wanted of those at which the condition holds; empty if none is. */
  private static OptionalLong hit(
      Bisection bisection, Part holding, long beginning, FindMode mode) {
    return switch (mode) {
      case FIRST, ALL -> OptionalLong.of(holding.first());
      case LAST -> OptionalLong.of(holding.last());
      case NEXT, PREVIOUS ->
          holding.first() == beginning || !bisection.holds(holding.first() - 1)
              ? OptionalLong.of(holding.first())
              : OptionalLong.empty();
    };
  }

  private static Hit hit(FindQuery query, Bisection bisection, long sequence, Part holding) {
    FoundMoment found = bisection.at(sequence);
    Hit hit = HitCollector.hit(query.expression(), found.event(), found.moment());
    if (query.mode() != FindMode.ALL) {
      return hit;
    }
    FoundMoment end = bisection.at(holding.last());
    return hit.with(new Run(end.event().position(), end.event().time(), holding.events()));
  }

  private long position(int vsmmu, long sequence) {
    OptionalLong position = log.positionOf(vsmmu, sequence);
    if (position.isEmpty()) {
      throw new DamagedLogException(Damage.missing(sequence));
    }
    return position.getAsLong();
  }
}
