package io.vsmmu.db.embedded;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The message that says that a file system is full: how this service writes it, and how it is
 * recognised in the messages of PostgreSQL and the JDK, which report ENOSPC by its text only.
 */
public final class NoSpaceMessage {

  /** strerror(ENOSPC) of the C library, in lower case. */
  private static final String ENOSPC_TEXT = "no space left on device";

  /** Bounds the search in a chain of causes, which may contain itself. */
  private static final int MAX_CAUSES = 20;

  private NoSpaceMessage() {}

  /** The beginning of a message about the file system that holds the path. */
  public static String of(Path path) {
    return ENOSPC_TEXT + ": the file system of " + path;
  }

  /** Whether a message, of this service or of another program, reports a full file system. */
  public static boolean matches(@Nullable String message) {
    return message != null && message.toLowerCase(Locale.ROOT).contains(ENOSPC_TEXT);
  }

  /**
   * The message of the innermost exception among the failure and its first causes that reports a
   * full file system; empty if none of them does.
   */
  public static Optional<String> findIn(Throwable failure) {
    Optional<String> found = Optional.empty();
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (matches(cause.getMessage())) {
        found = Optional.ofNullable(cause.getMessage());
      }
      cause = cause.getCause();
    }
    return found;
  }
}
