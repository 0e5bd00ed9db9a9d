package io.vsmmu.bench.host;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs the contenders alternately in rounds, so that other load of the machine affects all of them.
 * The calls of each contender are compared with those of the first one in the same round.
 */
final class Rounds {

  private static final int ROUNDS = 31;
  private static final int WARM_UP_CALLS = 2_000;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  private final List<Contender> contenders;

  /**
   * @param contenders the first one is the reference for the others
   */
  Rounds(List<Contender> contenders) {
    this.contenders = contenders;
  }

  /**
   * The result of a contender; each figure but the last is the median of the rounds.
   *
   * @param nanos nanoseconds of one call
   * @param over nanoseconds of one call minus those of the first contender
   * @param speed calls per second relative to the first contender
   * @param bytes bytes that one call allocates on Java's heap; 0 for C
   */
  record Result(String name, double nanos, double over, double speed, double bytes) {}

  List<Result> run() throws Exception {
    for (Contender contender : contenders) {
      warmUp(contender);
    }
    int calls = callsPerRound();
    double[][] nanos = new double[contenders.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < nanos.length; i++) {
        int turn = (i + round) % nanos.length;
        nanos[turn][round] = contenders.get(turn).loop().nanos(calls) / (double) calls;
      }
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      results.add(result(contenders.get(i), nanos[i], nanos[0], calls));
    }
    return results;
  }

  private static Result result(Contender contender, double[] own, double[] first, int calls)
      throws Exception {
    double[] over = new double[ROUNDS];
    double[] speed = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      over[round] = own[round] - first[round];
      speed[round] = first[round] / own[round];
    }
    return new Result(
        contender.name(), median(own), median(over), median(speed), bytes(contender, calls));
  }

  private static void warmUp(Contender contender) throws Exception {
    if (!contender.java()) {
      return;
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < WARM_UP_NANOS) {
      contender.loop().nanos(WARM_UP_CALLS);
    }
  }

  private int callsPerRound() throws Exception {
    Contender.Loop first = contenders.getFirst().loop();
    long nanos = Math.max(1, first.nanos(WARM_UP_CALLS));
    return (int) Math.max(1, ROUND_NANOS * WARM_UP_CALLS / nanos);
  }

  private static double bytes(Contender contender, int calls) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    if (!contender.java()) {
      return 0;
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    contender.loop().nanos(calls);
    return (threads.getCurrentThreadAllocatedBytes() - before) / (double) calls;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
