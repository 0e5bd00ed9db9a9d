package io.vsmmu.cli.service;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;

/** The message that a user sees when the service did not start. */
public final class StartFailure {

  private StartFailure() {}

  /**
   * Takes the message of the innermost cause, because Spring wraps it several times.
   *
   * @param whereToLook second line of the message
   */
  public static Failure of(RuntimeException failed, String whereToLook) {
    Throwable reason = failed;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    String message = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    return new Failure(
        ExitCode.LOCAL,
        "The service did not start: %s%n  %s".formatted(message, whereToLook),
        failed);
  }
}
