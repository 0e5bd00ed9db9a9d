package io.vsmmu.debugger.compare;

import io.vsmmu.db.log.EventLog;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/**
 * Compares two logs, or two parts of one, which are read once and side by side. Thread-safe: each
 * comparison has its own state.
 */
public final class LogComparer {

  private final EventLog log;

  public LogComparer(EventLog log) {
    this.log = log;
  }

  /**
   * Compares two parts of the log. Memory is bounded by {@link CompareLimits}, whatever their
   * length.
   *
   * @param normalised whether addresses are ignored and ids compared by their counterparts
   * @param passed receives the number of events that were read since its last call; an exception of
   *     it ends the comparison
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if the database cannot
   *     be read
   */
  public Comparison compare(LogPart a, LogPart b, boolean normalised, LongConsumer passed) {
    try (ExecutorService readers =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("compare-reader-", 0).factory())) {
      AccessSource ofA = new AccessSource(log, a, readers, passed);
      AccessSource ofB = new AccessSource(log, b, readers, passed);
      AccessKeys keys = new AccessKeys(normalised, ofA.sample().and(ofB.sample()));
      ofA.begin(keys);
      ofB.begin(keys);
      ComparisonBuilder builder = new ComparisonBuilder(keys);
      new Alignment(ofA, ofB, keys, builder).run();
      return builder.build(ofA, a, ofB, b);
    }
  }
}
