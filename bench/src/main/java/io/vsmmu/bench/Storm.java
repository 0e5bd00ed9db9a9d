package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.smmu.stimulus.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

/** STRM: unmappings of a guest while another guest posts doorbells as fast as its socket allows. */
final class Storm {

  private static final int ROUNDS = 3;
  private static final Duration SAMPLING = Duration.ofSeconds(5);
  private static final Duration BUILD_UP = Duration.ofMillis(300);

  private final InProcessService service;
  private final Samples quiet = new Samples();
  private final Samples stormy = new Samples();
  private volatile boolean over;
  private long posted;
  private long nanos;

  Storm(InProcessService service) {
    this.service = service;
  }

  List<Ratio> measure() throws Exception {
    try (LiveGuest guest = service.booted("beside", Durability.JOURNALED);
        LiveGuest storming = service.booted("storming", Durability.JOURNALED)) {
      storming.prepareStorm();
      unmap(guest);
      beside(storming, () -> unmap(guest));
      posted = 0;
      nanos = 0;
      for (int round = 0; round < ROUNDS; round++) {
        quiet.add(unmap(guest));
        stormy.add(beside(storming, () -> unmap(guest)));
      }
    }
    return List.of(
        ratio("p50 us, CMDQ_PROD to MSI beside a storm : without it", 0.5, Goal.NONE),
        ratio("p99 us, the same", 0.99, new Goal.AtMost(2)),
        new Ratio("STRM", "entries/s that the storm got through", rate(), 1, Goal.NONE));
  }

  /** The durations of unmappings of one page each, for a fixed time. */
  private static long[] unmap(LiveGuest guest) throws IOException {
    LongStream.Builder taken = LongStream.builder();
    long end = System.nanoTime() + SAMPLING.toNanos();
    while (System.nanoTime() < end) {
      taken.add(guest.unmap(1));
    }
    return taken.build().toArray();
  }

  private Ratio ratio(String figure, double share, Goal goal) {
    return new Ratio("STRM", figure, stormy.micros(share), quiet.micros(share), goal);
  }

  private double rate() {
    return posted * (double) Guest.ENTRIES / (nanos / 1e9);
  }

  /** Measures while the other guest posts doorbells; returns when its queue is empty again. */
  private long[] beside(LiveGuest storming, Callable<long[]> measurement) throws Exception {
    over = false;
    FutureTask<Long> storm = new FutureTask<>(() -> storm(storming));
    Thread thread = Thread.ofPlatform().name("storm").start(storm);
    try {
      Thread.sleep(BUILD_UP);
      return measurement.call();
    } finally {
      over = true;
      thread.join();
      posted += storm.get();
    }
  }

  private long storm(LiveGuest storming) throws IOException {
    long start = System.nanoTime();
    long doorbells = 0;
    while (!over) {
      storming.storm();
      doorbells++;
    }
    storming.drain();
    nanos += System.nanoTime() - start;
    return doorbells;
  }
}
