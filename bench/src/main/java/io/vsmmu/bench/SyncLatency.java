package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.smmu.stimulus.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * BELL: the time of one unmapping for the guest, relative to what its durability costs: a synced
 * write, or INSERT + commit, which the service no longer waits for.
 */
final class SyncLatency {

  /** How long each guest unmaps before: the second compiler is done with the path then. */
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  private static final int ROUNDS = 3;
  private static final int DOORBELLS = 2000;

  private final InProcessService service;
  private final RawInserts raw;
  private final RawSyncs syncs;

  SyncLatency(InProcessService service, RawInserts raw, RawSyncs syncs) {
    this.service = service;
    this.raw = raw;
    this.syncs = syncs;
  }

  List<Ratio> measure() throws Exception {
    try (LiveGuest committed = service.booted("committed", Durability.COMMITTED);
        LiveGuest journaled = service.booted("journaled", Durability.JOURNALED)) {
      warmUp(committed);
      warmUp(journaled);
      byte[] payload = service.newestDoorbell("committed");
      raw.nanos(payload, DOORBELLS);
      Samples inserts = new Samples();
      Samples writes = new Samples();
      Samples synced = new Samples();
      Samples unsynced = new Samples();
      for (int round = 0; round < ROUNDS; round++) {
        inserts.add(raw.nanos(payload, DOORBELLS));
        writes.add(syncs.nanos(payload, DOORBELLS));
        synced.add(committed.unmapPages(DOORBELLS));
        unsynced.add(journaled.unmapPages(DOORBELLS));
      }
      return List.of(
          ratio(
              "p50 us, CMDQ_PROD to MSI, committed : pwrite + fdatasync",
              synced,
              writes,
              0.5,
              new Goal.AtMost(1.5)),
          ratio("p99 us, the same", synced, writes, 0.99, Goal.NONE),
          ratio(
              "p50 us, CMDQ_PROD to MSI, journaled : INSERT + commit",
              unsynced,
              inserts,
              0.5,
              new Goal.AtMost(0.2)),
          ratio("p99 us, the same", unsynced, inserts, 0.99, Goal.NONE));
    }
  }

  private static void warmUp(LiveGuest guest) throws IOException {
    long end = System.nanoTime() + WARM_UP.toNanos();
    while (System.nanoTime() < end) {
      guest.unmap(1);
    }
  }

  private static Ratio ratio(
      String figure, Samples service, Samples reference, double share, Goal goal) {
    return new Ratio("BELL", figure, service.micros(share), reference.micros(share), goal);
  }
}
