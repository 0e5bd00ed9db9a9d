package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.smmu.stimulus.Durability;
import java.io.IOException;
import java.util.List;

/** BELL: the time of one unmapping for the guest, relative to INSERT + commit. */
final class SyncLatency {

  private static final int WARM_UP = 3000;
  private static final int ROUNDS = 3;
  private static final int DOORBELLS = 2000;

  private final InProcessService service;
  private final RawInserts raw;

  SyncLatency(InProcessService service, RawInserts raw) {
    this.service = service;
    this.raw = raw;
  }

  List<Ratio> measure() throws Exception {
    try (LiveGuest committed = service.booted("committed", Durability.COMMITTED);
        LiveGuest bounded = service.booted("bounded", Durability.BOUNDED_LOSS)) {
      unmap(committed, WARM_UP);
      unmap(bounded, WARM_UP);
      byte[] payload = service.newestDoorbell("committed");
      raw.nanos(payload, DOORBELLS);
      Samples inserts = new Samples();
      Samples durable = new Samples();
      Samples ahead = new Samples();
      for (int round = 0; round < ROUNDS; round++) {
        inserts.add(raw.nanos(payload, DOORBELLS));
        durable.add(unmap(committed, DOORBELLS));
        ahead.add(unmap(bounded, DOORBELLS));
      }
      return List.of(
          ratio("p50 us, CMDQ_PROD to MSI, committed : INSERT + commit", durable, inserts, 0.5),
          ratio("p99 us, the same", durable, inserts, 0.99),
          ratio("p50 us, CMDQ_PROD to MSI, bounded_loss : INSERT + commit", ahead, inserts, 0.5),
          ratio("p99 us, the same", ahead, inserts, 0.99));
    }
  }

  private static Ratio ratio(String figure, Samples service, Samples reference, double share) {
    return new Ratio("BELL", figure, service.micros(share), reference.micros(share), "");
  }

  /** The durations of unmappings of one page each. */
  private static long[] unmap(LiveGuest guest, int times) throws IOException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      nanos[i] = guest.unmap(1);
    }
    return nanos;
  }
}
