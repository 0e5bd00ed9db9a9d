package io.vsmmu.platform;

import java.util.List;

/** Takes outcomes apart. */
public final class Outcomes {

  private Outcomes() {}

  public static <T> T made(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Made<T>(T value) -> value;
      case Outcome.Refused<T>(List<Refusal> reasons) ->
          throw new AssertionError(reasons.stream().map(Refusal::message).toList());
    };
  }

  public static List<Refusal> refused(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Made<?>(Object value) -> throw new AssertionError("was made: " + value);
      case Outcome.Refused<?>(List<Refusal> reasons) -> reasons;
    };
  }

  /** The only reason. */
  public static Refusal reason(Outcome<?> outcome) {
    List<Refusal> reasons = refused(outcome);
    if (reasons.size() != 1) {
      throw new AssertionError(reasons.stream().map(Refusal::message).toList());
    }
    return reasons.getFirst();
  }
}
