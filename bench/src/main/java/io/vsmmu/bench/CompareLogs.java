package io.vsmmu.bench;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.compare.Comparison;
import io.vsmmu.debugger.compare.LogComparer;
import io.vsmmu.debugger.compare.LogPart;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.List;

/**
 * CMP: two logs of a million events are compared: a log with another whose guest left out one of
 * ten thousand doorbells, with one whose guest left out many, and with one whose guest used other
 * addresses, so that no invalidation is the same.
 */
final class CompareLogs {

  private static final long EVENTS = 1_000_000;
  private static final long LEFT_OUT = 10_000;

  /** Doorbells left out so often that no two windows are alike. */
  private static final long MANY_LEFT_OUT = 3;

  private static final double GOAL_SECONDS = 10;
  private static final double NANOS = 1e9;
  private static final double MIB = 1 << 20;

  private final Path folder;
  private final long events;

  /**
   * @param events of each log; 0 for {@link #EVENTS}
   */
  CompareLogs(Path folder, long events) {
    this.folder = folder;
    this.events = events == 0 ? EVENTS : events;
  }

  List<Bench.Ratio> measure() throws Exception {
    try (OwnDatabase own = OwnDatabase.start(folder)) {
      EventDatabase database = own.database();
      LogPart whole = part(database, LongLog.write(database, "whole", events));
      LogPart less = part(database, LongLog.writeWithout(database, "less", events, LEFT_OUT));
      LogPart many = part(database, LongLog.writeWithout(database, "many", events, MANY_LEFT_OUT));
      LogPart elsewhere = part(database, LongLog.writeElsewhere(database, "elsewhere", events));
      compare(database, whole, less, false);
      return List.of(
          ratio("whose guests differ in 1 of 10,000 doorbells", database, whole, less, false),
          ratio("1 of 10,000 doorbells, normalised", database, whole, less, true),
          ratio("whose guests differ in 1 of 3 doorbells", database, whole, many, false),
          ratio("whose guests use other addresses", database, whole, elsewhere, false),
          ratio("other addresses, normalised", database, whole, elsewhere, true));
    }
  }

  private static LogPart part(EventDatabase database, int vsmmu) {
    return new LogPart(
        vsmmu,
        String.valueOf(vsmmu),
        0,
        database.log().lastSequence(vsmmu).orElseThrow(),
        0,
        false);
  }

  private Bench.Ratio ratio(
      String which, EventDatabase database, LogPart a, LogPart b, boolean normalised) {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    long start = System.nanoTime();
    Comparison comparison = compare(database, a, b, normalised);
    double seconds = (System.nanoTime() - start) / NANOS;
    long peak = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    Bench.show(
        "%s: %s, %,d the same, %,d different, heap at most %.0f MiB"
            .formatted(
                which,
                comparison.verdict(),
                comparison.same(),
                comparison.different(),
                peak / MIB));
    return new Bench.Ratio(
        "CMP",
        "compare logs of %,d events %s, s".formatted(events, which),
        seconds,
        1,
        new Goal.AtMost(GOAL_SECONDS));
  }

  private static Comparison compare(
      EventDatabase database, LogPart a, LogPart b, boolean normalised) {
    return new LogComparer(database.log()).compare(a, b, normalised, passed -> {});
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
