package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.smmu.stimulus.Durability;
import java.io.IOException;
import java.util.List;

/**
 * P7: the host's ioctls for 2,500 invalidations of a guest, counted among the calls that the host
 * received.
 */
final class Forwarding {

  private static final int INVALIDATIONS = 2500;
  private static final int BATCH = 64;

  private final InProcessService service;

  Forwarding(InProcessService service) {
    this.service = service;
  }

  List<Ratio> measure() throws IOException {
    try (LiveGuest guest = service.booted("forwarding", Durability.COMMITTED)) {
      return List.of(
          ratio("ioctls : invalidations, 1 TLBI per CMD_SYNC", guest, 1, new Goal.AtMost(1)),
          ratio(
              "ioctls : invalidations, 64 TLBI per CMD_SYNC", guest, BATCH, new Goal.AtMost(0.05)));
    }
  }

  private Ratio ratio(String figure, LiveGuest guest, int batch, Goal goal) throws IOException {
    long mark = service.operations();
    int syncs = 0;
    for (int left = INVALIDATIONS; left > 0; left -= batch) {
      guest.unmap(Math.min(batch, left));
      syncs++;
    }
    List<IssuedCall> ioctls = service.invalidationsSince(mark);
    int commands = ioctls.stream().mapToInt(InProcessService::commands).sum();
    if (commands != INVALIDATIONS) {
      throw new IOException("the host was given %d invalidations".formatted(commands));
    }
    return new Ratio("P7", "%s (%d)".formatted(figure, syncs), ioctls.size(), commands, goal);
  }
}
