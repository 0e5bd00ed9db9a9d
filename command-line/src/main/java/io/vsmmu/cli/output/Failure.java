package io.vsmmu.cli.output;

import org.jspecify.annotations.Nullable;

/** Ends a command with an exit code and a message for the user. */
public class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  public Failure(ExitCode code, String message) {
    this(code, message, null);
  }

  public Failure(ExitCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The exit code of the process. */
  public final ExitCode code() {
    return code;
  }

  /** The message for the user, of one or more lines. */
  public final String text() {
    String message = getMessage();
    return message == null ? code.meaning() : message;
  }
}
