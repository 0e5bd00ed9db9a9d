package io.vsmmu.host;

import java.util.List;

/**
 * What an operator can do about something.
 *
 * @param advice which of the things that can be done
 * @param values that it is about
 */
public record Remedy(Advice advice, List<Object> values) {

  public Remedy {
    values = List.copyOf(values);
  }

  /** For the operator; what has to be typed or set stands between backticks. */
  public String text() {
    return advice.template().formatted(values.toArray());
  }

  @Override
  public String toString() {
    return text();
  }
}
