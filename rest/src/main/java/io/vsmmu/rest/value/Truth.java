package io.vsmmu.rest.value;

import io.vsmmu.rest.problem.ProblemException;

/** {@code true} and {@code false}. */
public final class Truth {

  private Truth() {}

  /** The value of a parameter. */
  public static boolean of(String field, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ProblemException.invalid(field, text, "true or false");
    };
  }
}
