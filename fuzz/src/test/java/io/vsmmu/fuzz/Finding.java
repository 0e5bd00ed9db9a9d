package io.vsmmu.fuzz;

/** What a target states does not hold. */
final class Finding extends AssertionError {

  private static final long serialVersionUID = 1L;

  private Finding(String message) {
    super(message);
  }

  /** Fails unless a condition holds. */
  static void unless(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new Finding(message.formatted(values));
    }
  }
}
