package io.vsmmu.platform;

import java.util.List;

/** Unwraps build results; a result of the other kind fails the test. */
public final class BuildResults {

  private BuildResults() {}

  public static <T> T made(BuildResult<T> outcome) {
    return switch (outcome) {
      case BuildResult.Built<T>(T value) -> value;
      case BuildResult.Refused<T>(List<Refusal> reasons) ->
          throw new AssertionError(reasons.stream().map(Refusal::message).toList());
    };
  }

  public static List<Refusal> refused(BuildResult<?> outcome) {
    return switch (outcome) {
      case BuildResult.Built<?>(Object value) -> throw new AssertionError("was made: " + value);
      case BuildResult.Refused<?>(List<Refusal> reasons) -> reasons;
    };
  }

  /** The only reason. */
  public static Refusal reason(BuildResult<?> outcome) {
    List<Refusal> reasons = refused(outcome);
    if (reasons.size() != 1) {
      throw new AssertionError(reasons.stream().map(Refusal::message).toList());
    }
    return reasons.getFirst();
  }
}
