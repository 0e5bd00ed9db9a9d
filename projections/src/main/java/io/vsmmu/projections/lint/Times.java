package io.vsmmu.projections.lint;

/** How often something happened, in the text of a finding. */
final class Times {

  private Times() {}

  /** {@code once}, or the number with its unit. */
  static String text(long count) {
    return count == 1 ? "once" : count + " times";
  }
}
