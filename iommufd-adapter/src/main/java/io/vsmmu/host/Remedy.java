package io.vsmmu.host;

import java.util.List;

/**
 * An {@link Advice} with the values of one case: tells the operator how to solve a problem.
 *
 * @param advice the kind of advice
 * @param values what the advice's {@code %s} stand for, in order
 */
public record Remedy(Advice advice, List<Object> values) {

  public Remedy {
    values = List.copyOf(values);
  }

  /** The text for the operator; what has to be typed or set stands between backticks. */
  public String text() {
    return advice.template().formatted(values.toArray());
  }

  @Override
  public String toString() {
    return text();
  }
}
