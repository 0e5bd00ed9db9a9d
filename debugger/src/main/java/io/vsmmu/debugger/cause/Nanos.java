package io.vsmmu.debugger.cause;

import java.util.Locale;

/** Durations as people read them. */
final class Nanos {

  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private Nanos() {}

  /** A duration in the greatest unit of which it has at least one, such as {@code 35.2 us}. */
  static String text(long nanos) {
    if (nanos < NANOS_PER_MICRO) {
      return nanos + " ns";
    }
    if (nanos < NANOS_PER_MILLI) {
      return of(nanos / NANOS_PER_MICRO, "us");
    }
    return nanos < NANOS_PER_SECOND
        ? of(nanos / NANOS_PER_MILLI, "ms")
        : of(nanos / NANOS_PER_SECOND, "s");
  }

  private static String of(double amount, String unit) {
    return String.format(Locale.ROOT, "%.1f %s", amount, unit);
  }
}
