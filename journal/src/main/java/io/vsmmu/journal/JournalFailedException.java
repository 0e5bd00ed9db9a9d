package io.vsmmu.journal;

import org.jspecify.annotations.Nullable;

/**
 * The journal failed for good: a system call failed after which it is unknown what the storage
 * device holds, a frame that was read does not match its checksum, or the journal is closed.
 * Nothing is appended any more; what was acknowledged stays where it is.
 */
public final class JournalFailedException extends JournalException {

  private static final long serialVersionUID = 1L;

  JournalFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
