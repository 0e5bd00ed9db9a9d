package io.vsmmu.projections.lint;

import java.util.Locale;

/** A length of time in the text of a finding. */
final class Elapsed {

  private static final long MILLI = 1000;
  private static final long SECOND = 1_000_000;

  private Elapsed() {}

  /**
   * The time with its unit, for example {@code 250 µs}, {@code 1.5 ms} or {@code 2.0 s}.
   *
   * @param micros microseconds; a negative time, between events of clocks that were set, is 0
   */
  static String text(long micros) {
    if (micros < MILLI) {
      return Math.max(0, micros) + " µs";
    }
    return micros < SECOND
        ? String.format(Locale.ROOT, "%.1f ms", micros / (double) MILLI)
        : String.format(Locale.ROOT, "%.1f s", micros / (double) SECOND);
  }
}
