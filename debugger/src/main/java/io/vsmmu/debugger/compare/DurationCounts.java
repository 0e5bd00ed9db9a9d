package io.vsmmu.debugger.compare;

/**
 * Counts durations in logarithmic classes of which each is an eighth of its power of two, so that a
 * percentile is known to 13 percent in bounded memory. Not thread-safe.
 */
final class DurationCounts {

  private static final int FRACTION_BITS = 3;
  private static final int FRACTIONS = 1 << FRACTION_BITS;

  private final long[] counts = new long[(Long.SIZE + 1) * FRACTIONS];
  private long number;
  private long longest;

  /** Counts a duration; a negative one, of a clock that was set back, counts as 0. */
  void add(long micros) {
    long value = Math.max(0, micros);
    counts[index(value)]++;
    number++;
    longest = Math.max(longest, value);
  }

  private static int index(long value) {
    if (value < FRACTIONS) {
      return (int) value;
    }
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int fraction = (int) (value >>> (power - FRACTION_BITS)) & (FRACTIONS - 1);
    return (power - FRACTION_BITS + 1) * FRACTIONS + fraction;
  }

  private static long least(int index) {
    if (index < FRACTIONS) {
      return index;
    }
    int power = index / FRACTIONS + FRACTION_BITS - 1;
    return (long) (FRACTIONS + index % FRACTIONS) << (power - FRACTION_BITS);
  }

  /** The number of durations. */
  long number() {
    return number;
  }

  /** The longest duration in microseconds, 0 if there is none. */
  long longest() {
    return longest;
  }

  /**
   * The duration in microseconds that a share of all do not exceed, up to the width of a class; 0
   * if there is none.
   *
   * @param share greater than 0, at most 1
   */
  long percentile(double share) {
    long wanted = (long) Math.ceil(share * number);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && counts[i] > 0) {
        return least(i);
      }
    }
    return 0;
  }
}
