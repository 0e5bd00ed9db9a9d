package io.vsmmu.debugger.compare;

import io.vsmmu.debugger.compare.Comparison.ComparedAccesses;
import io.vsmmu.debugger.compare.Comparison.ComparedLog;
import io.vsmmu.debugger.compare.Comparison.ComparedValues;
import io.vsmmu.debugger.compare.Comparison.CompletionTimes;
import io.vsmmu.debugger.compare.Comparison.DifferentDuration;
import io.vsmmu.debugger.compare.Comparison.DifferentValue;
import io.vsmmu.debugger.compare.Comparison.FirstDivergence;
import io.vsmmu.debugger.compare.Comparison.OnlyOnOneSide;
import io.vsmmu.debugger.compare.Comparison.Verdict;
import io.vsmmu.debugger.compare.Difference.Aspect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Counts what the aligned accesses of two logs differ in. Not thread-safe. */
final class ComparisonBuilder implements Alignment.Listener {

  private static final double HALF = 0.5;
  private static final double TAIL = 0.99;

  /** Short logs are alike without a run of same accesses if one of this number is the same. */
  private static final long ALIKE = 10;

  private record ValueKind(String access, String field) {}

  /** The accesses of one log around the first divergence. */
  private static final class Surroundings {

    private final Deque<Access> before = new ArrayDeque<>();

    /** The access at the divergence, and those after it. */
    private final List<Access> from = new ArrayList<>();

    void pass(Access access, boolean diverged) {
      if (diverged) {
        if (from.size() <= CompareLimits.SURROUNDING) {
          from.add(access);
        }
        return;
      }
      before.addLast(access);
      if (before.size() > CompareLimits.SURROUNDING) {
        before.removeFirst();
      }
    }

    @Nullable AccessView at() {
      return from.isEmpty() ? null : AccessView.of(from.getFirst());
    }

    List<AccessView> before() {
      return before.stream().map(AccessView::of).toList();
    }

    List<AccessView> after() {
      return from.stream().skip(1).map(AccessView::of).toList();
    }
  }

  private final AccessDifferences differences;
  private final boolean normalised;
  private final Surroundings ofA = new Surroundings();
  private final Surroundings ofB = new Surroundings();
  private final Tally<String, Long> onlyInA = new Tally<>();
  private final Tally<String, Long> onlyInB = new Tally<>();
  private final Tally<ValueKind, ComparedAccesses> values = new Tally<>();
  private final Tally<ValueKind, ComparedAccesses> reads = new Tally<>();
  private final Tally<ValueKind, ComparedAccesses> streams = new Tally<>();
  private final Tally<ValueKind, ComparedAccesses> hostAnswers = new Tally<>();
  private final PriorityQueue<DifferentDuration> durations =
      new PriorityQueue<>(Comparator.comparingLong(ComparisonBuilder::apart));
  private @Nullable String how;
  private List<Difference> firstDifferences = List.of();
  private long same;
  private long different;
  private long joined;

  ComparisonBuilder(AccessKeys keys) {
    this.differences = new AccessDifferences(keys);
    this.normalised = keys.normalised();
  }

  @Override
  public void paired(Access a, Access b) {
    List<Difference> found = differences.between(a, b);
    if (found.isEmpty()) {
      same++;
    } else {
      different++;
      if (how == null) {
        how = "the same access has different values or outcomes";
        firstDifferences = found;
      }
      for (Difference difference : found) {
        of(difference.aspect())
            .add(
                new ValueKind(a.name(), difference.field()),
                new ComparedAccesses(a.position(), b.position(), difference.a(), difference.b()));
      }
    }
    ofA.pass(a, how != null);
    ofB.pass(b, how != null);
    duration(a, b);
  }

  private Tally<ValueKind, ComparedAccesses> of(Aspect aspect) {
    return switch (aspect) {
      case VALUE -> values;
      case READ -> reads;
      case STREAM -> streams;
      case HOST_ANSWER -> hostAnswers;
    };
  }

  @Override
  public void onlyInA(Access a) {
    onlyInA.add(a.name(), a.position());
    if (how == null) {
      how = "A has an access that B has not";
    }
    ofA.pass(a, true);
  }

  @Override
  public void onlyInB(Access b) {
    onlyInB.add(b.name(), b.position());
    if (how == null) {
      how = "B has an access that A has not";
    }
    ofB.pass(b, true);
  }

  @Override
  public void joined() {
    joined++;
  }

  private void duration(Access a, Access b) {
    if (a.completedMicros() == Access.UNKNOWN || b.completedMicros() == Access.UNKNOWN) {
      return;
    }
    DifferentDuration both =
        new DifferentDuration(
            a.name(),
            a.position(),
            b.position(),
            a.completedMicros() - a.timeMicros(),
            b.completedMicros() - b.timeMicros());
    if (apart(both) > 0) {
      durations.add(both);
      if (durations.size() > CompareLimits.EXAMPLES) {
        durations.poll();
      }
    }
  }

  private static long apart(DifferentDuration both) {
    return Math.abs(both.microsA() - both.microsB());
  }

  /** The result, once both logs have ended. */
  Comparison build(AccessSource a, LogPart partOfA, AccessSource b, LogPart partOfB) {
    long unlisted = onlyInA.unlisted() + onlyInB.unlisted();
    for (Aspect aspect : Aspect.values()) {
      unlisted += of(aspect).unlisted();
    }
    ComparedLog logOfA = log(a, partOfA);
    ComparedLog logOfB = log(b, partOfB);
    return new Comparison(
        verdict(a, b),
        normalised,
        logOfA,
        logOfB,
        same,
        different,
        first(),
        only(onlyInA),
        only(onlyInB),
        listed(Aspect.VALUE),
        listed(Aspect.READ),
        listed(Aspect.STREAM),
        listed(Aspect.HOST_ANSWER),
        logOfA.completion() == null || logOfB.completion() == null ? List.of() : durations(),
        unlisted);
  }

  private Verdict verdict(AccessSource a, AccessSource b) {
    if (a.taken() == 0 || b.taken() == 0) {
      return Verdict.EMPTY;
    }
    if (how == null) {
      return Verdict.SAME;
    }
    boolean alike = joined > 0 || same * ALIKE >= Math.min(a.taken(), b.taken());
    return alike ? Verdict.DIFFERENT : Verdict.NOTHING_IN_COMMON;
  }

  private @Nullable FirstDivergence first() {
    String words = how;
    return words == null
        ? null
        : new FirstDivergence(
            words,
            ofA.at(),
            ofB.at(),
            firstDifferences.stream()
                .map(it -> new ComparedValues(it.field(), it.a(), it.b()))
                .toList(),
            ofA.before(),
            ofB.before(),
            ofA.after(),
            ofB.after());
  }

  /** The accesses whose times differ most, those that differ more first. */
  private List<DifferentDuration> durations() {
    return durations.stream()
        .sorted(Comparator.comparingLong(ComparisonBuilder::apart).reversed())
        .toList();
  }

  private static List<OnlyOnOneSide> only(Tally<String, Long> tally) {
    return tally.mostFrequentFirst().stream()
        .map(it -> new OnlyOnOneSide(it.kind(), it.number(), it.examples()))
        .toList();
  }

  private List<DifferentValue> listed(Aspect aspect) {
    return of(aspect).mostFrequentFirst().stream()
        .map(
            it ->
                new DifferentValue(
                    it.kind().access(), it.kind().field(), it.number(), it.examples()))
        .toList();
  }

  private static ComparedLog log(AccessSource source, LogPart part) {
    SequencedMap<String, Long> reads = new LinkedHashMap<>();
    source.reader().reads().forEach((register, count) -> reads.put(register.name(), count));
    return new ComparedLog(
        part.name(),
        source.events(),
        source.taken(),
        source.lastPosition(),
        source.broken().orElse(null),
        completion(source.reader().completions(), part.recording()),
        reads);
  }

  /** Null if there is no doorbell with a completion, or the log has the same time everywhere. */
  private static @Nullable CompletionTimes completion(DurationCounts counts, boolean recording) {
    return counts.longest() == 0
        ? null
        : new CompletionTimes(
            counts.number(),
            recording ? "the guest's read of CMDQ_CONS" : "the outcome of the host",
            counts.percentile(HALF),
            counts.percentile(TAIL),
            counts.longest());
  }
}
