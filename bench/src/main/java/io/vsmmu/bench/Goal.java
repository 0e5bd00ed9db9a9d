package io.vsmmu.bench;

import java.util.Locale;

/** What a ratio has to reach. */
sealed interface Goal {

  /** A figure that is printed for its own sake. */
  Goal NONE = new None();

  /** The ratio must not be larger. */
  record AtMost(double limit) implements Goal {}

  /** The ratio must not be smaller. */
  record AtLeast(double limit) implements Goal {}

  /** There is no goal. */
  record None() implements Goal {}

  /** Whether a ratio reaches the goal. */
  default boolean reached(double ratio) {
    return switch (this) {
      case AtMost(double limit) -> ratio <= limit;
      case AtLeast(double limit) -> ratio >= limit;
      case None() -> true;
    };
  }

  /** The goal and the verdict, for the last column of the table. */
  default String verdict(double ratio) {
    String word = reached(ratio) ? "reached" : "missed";
    return switch (this) {
      case AtMost(double limit) -> String.format(Locale.ROOT, "<= %s %s", limit, word);
      case AtLeast(double limit) -> String.format(Locale.ROOT, ">= %s %s", limit, word);
      case None() -> "";
    };
  }
}
