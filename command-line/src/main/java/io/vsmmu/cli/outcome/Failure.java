package io.vsmmu.cli.outcome;

import org.jspecify.annotations.Nullable;

/** Ends a command with an exit code and a message for the user. */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  public Failure(ExitCode code, String message) {
    this(code, message, null);
  }

  public Failure(ExitCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What the process ends with. */
  public ExitCode code() {
    return code;
  }

  /** What to tell the user; may have several lines. */
  public String text() {
    String message = getMessage();
    return message == null ? code.meaning() : message;
  }
}
