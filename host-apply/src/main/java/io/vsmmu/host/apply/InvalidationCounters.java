package io.vsmmu.host.apply;

import java.util.concurrent.atomic.LongAdder;

/** Counts the invalidations of all vSMMUs that share this object. Thread-safe. */
public final class InvalidationCounters {

  private final LongAdder calls = new LongAdder();
  private final LongAdder commands = new LongAdder();

  void count(int entries) {
    calls.increment();
    commands.add(entries);
  }

  /** Number of {@code IOMMU_HWPT_INVALIDATE} requests, including those that failed. */
  public long invalidationCalls() {
    return calls.sum();
  }

  /** Number of commands in these requests; a command that was issued again counts again. */
  public long invalidationCommands() {
    return commands.sum();
  }
}
