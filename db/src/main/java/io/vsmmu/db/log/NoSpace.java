package io.vsmmu.db.log;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A full file system: how it is told, and how it is recognised in what others tell. */
public final class NoSpace {

  /** The C library's words for ENOSPC, which PostgreSQL and the JDK pass on. */
  private static final String WORDS = "no space left on device";

  private static final int CAUSES = 20;

  private NoSpace() {}

  /** The beginning of a message that tells of the file system of a path. */
  public static String told(Path path) {
    return WORDS + ": the file system of " + path;
  }

  /** Whether a message tells of a full file system. */
  public static boolean isTold(@Nullable String message) {
    return message != null && message.toLowerCase(Locale.ROOT).contains(WORDS);
  }

  /** The message of the innermost cause that tells of a full file system, if one does. */
  public static Optional<String> in(Throwable failure) {
    Optional<String> found = Optional.empty();
    Throwable cause = failure;
    for (int i = 0; cause != null && i < CAUSES; i++) {
      if (isTold(cause.getMessage())) {
        found = Optional.ofNullable(cause.getMessage());
      }
      cause = cause.getCause();
    }
    return found;
  }
}
