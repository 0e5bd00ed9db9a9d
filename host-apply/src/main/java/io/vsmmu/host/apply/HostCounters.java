package io.vsmmu.host.apply;

import java.util.concurrent.atomic.LongAdder;

/** Invalidations of all vSMMUs that share this, counted since it was made. Thread-safe. */
public final class HostCounters {

  private final LongAdder calls = new LongAdder();
  private final LongAdder commands = new LongAdder();

  void invalidated(int entries) {
    calls.increment();
    commands.add(entries);
  }

  /** Number of {@code IOMMU_HWPT_INVALIDATE} requests, also those that failed. */
  public long invalidationCalls() {
    return calls.sum();
  }

  /** Number of commands in these requests, each as often as it was handed over. */
  public long invalidationCommands() {
    return commands.sum();
  }
}
