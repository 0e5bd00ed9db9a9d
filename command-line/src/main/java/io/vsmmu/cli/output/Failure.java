package io.vsmmu.cli.output;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends a command with an exit code and a message for the user. */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final transient @Nullable TextPart part;

  public Failure(ExitCode code, String message) {
    this(code, message, (Throwable) null);
  }

  public Failure(ExitCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.part = null;
  }

  /**
   * A failure whose reason is a part of a text of the request.
   *
   * @param part null if the problem names none
   */
  public Failure(ExitCode code, String message, @Nullable TextPart part) {
    super(message);
    this.code = code;
    this.part = part;
  }

  /** The part of a text of the request that is wrong, if that is the reason. */
  public Optional<TextPart> part() {
    return Optional.ofNullable(part);
  }

  /** The exit code of the process. */
  public ExitCode code() {
    return code;
  }

  /** The message for the user, of one or more lines. */
  public String text() {
    String message = getMessage();
    return message == null ? code.meaning() : message;
  }
}
