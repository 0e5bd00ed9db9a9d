package io.vsmmu.platform;

import io.vsmmu.problem.Problem;
import java.util.List;
import java.util.function.Function;

/**
 * The result of a build: what was built, or why it cannot be built.
 *
 * @param <T> what is built
 */
public sealed interface BuildResult<T> {

  record Built<T>(T value) implements BuildResult<T> {}

  /**
   * The input is not valid.
   *
   * @param reasons at least one, in the order of the input
   */
  record Refused<T>(List<Problem> reasons) implements BuildResult<T> {

    public Refused {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }

  /** Builds something else from the result, or keeps the reasons of a refusal. */
  default <R> BuildResult<R> then(Function<T, BuildResult<R>> next) {
    return switch (this) {
      case Built<T>(T value) -> next.apply(value);
      case Refused<T>(List<Problem> reasons) -> new Refused<>(reasons);
    };
  }
}
