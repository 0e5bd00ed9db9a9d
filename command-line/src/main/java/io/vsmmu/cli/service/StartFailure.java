package io.vsmmu.cli.service;

import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.outcome.Failure;

/** Why a service did not start, for people. */
public final class StartFailure {

  private StartFailure() {}

  /** The innermost reason: frameworks wrap it many times. */
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
