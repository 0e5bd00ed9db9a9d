package io.vsmmu.platform;

import io.vsmmu.problem.Problem;
import java.util.List;

/** Unwraps build results; a result of the other kind fails the test. */
public final class BuildResults {

  private BuildResults() {}

  public static <T> T made(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> value;
      case BuildResult.Refused<T>(List<Problem> reasons) ->
          throw new AssertionError(reasons.stream().map(Problem::message).toList());
    };
  }

  public static List<Problem> refused(BuildResult<?> outcome) {
    return switch (outcome) {
      case BuildResult.Built<?>(Object value) -> throw new AssertionError("was made: " + value);
      case BuildResult.Refused<?>(List<Problem> reasons) -> reasons;
    };
  }

  /** The only reason. */
  public static Problem reason(BuildResult<?> outcome) {
    List<Problem> reasons = refused(outcome);
    if (reasons.size() != 1) {
      throw new AssertionError(reasons.stream().map(Problem::message).toList());
    }
    return reasons.getFirst();
  }
}
