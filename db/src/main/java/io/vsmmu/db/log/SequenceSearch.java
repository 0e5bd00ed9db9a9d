package io.vsmmu.db.log;

import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/**
 * Finds the last sequence whose value (its position or time) is at most a target, by probing the
 * database. The values must not decrease with the sequence. Probes alternate between interpolation,
 * which needs few of them when values grow evenly, and bisection, which bounds the worst case.
 */
final class SequenceSearch {

  private final LongUnaryOperator valueOf;

  /**
   * Makes a search.
   *
   * @param valueOf gives the value of a sequence; only called with sequences that exist
   */
  SequenceSearch(LongUnaryOperator valueOf) {
    this.valueOf = valueOf;
  }

  /** Last sequence in [first, last] whose value is at most the target, empty if there is none. */
  OptionalLong lastAtOrBefore(long target, long first, long last) {
    long low = first;
    long high = last;
    long lowValue = valueOf.applyAsLong(low);
    if (lowValue > target) {
      return OptionalLong.empty();
    }
    long highValue = valueOf.applyAsLong(high);
    if (highValue <= target) {
      return OptionalLong.of(high);
    }
    // value(low) <= target < value(high) holds from here on.
    boolean interpolate = true;
    while (high - low > 1) {
      long probe =
          interpolate ? interpolated(target, low, lowValue, high, highValue) : middle(low, high);
      interpolate = !interpolate;
      long value = valueOf.applyAsLong(probe);
      if (value <= target) {
        low = probe;
        lowValue = value;
      } else {
        high = probe;
        highValue = value;
      }
    }
    return OptionalLong.of(low);
  }

  private static long interpolated(
      long target, long low, long lowValue, long high, long highValue) {
    double fraction = (double) (target - lowValue) / (double) (highValue - lowValue);
    long guess = low + (long) (fraction * (double) (high - low));
    return Math.clamp(guess, low + 1, high - 1);
  }

  private static long middle(long low, long high) {
    return low + (high - low) / 2;
  }
}
