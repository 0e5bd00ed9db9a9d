package io.vsmmu.platform;

import java.util.List;
import java.util.function.Function;

/**
 * What came of a request to make something.
 *
 * @param <T> what was asked for
 */
public sealed interface Outcome<T> {

  /** It was made. */
  record Made<T>(T value) implements Outcome<T> {}

  /**
   * It cannot be made.
   *
   * @param reasons at least one, in the order of the input
   */
  record Refused<T>(List<Refusal> reasons) implements Outcome<T> {

    public Refused {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }

  /** Goes on with what was made, or keeps the reasons. */
  default <R> Outcome<R> then(Function<T, Outcome<R>> next) {
    return switch (this) {
      case Made<T>(T value) -> next.apply(value);
      case Refused<T>(List<Refusal> reasons) -> new Refused<>(reasons);
    };
  }
}
