package io.vsmmu.bench;

import java.util.Arrays;

/** Durations in nanoseconds, and their percentiles. */
final class Samples {

  private long[] nanos = {};

  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Runs the work a number of times and adds the duration of each run. */
  void take(int times, Work step) throws Exception {
    long[] taken = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      step.run();
      taken[i] = System.nanoTime() - start;
    }
    add(taken);
  }

  void add(long[] taken) {
    int before = nanos.length;
    nanos = Arrays.copyOf(nanos, before + taken.length);
    System.arraycopy(taken, 0, nanos, before, taken.length);
  }

  /**
   * The quantile of the samples in microseconds.
   *
   * @param share 0 to 1
   */
  double micros(double share) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1e3;
  }
}
