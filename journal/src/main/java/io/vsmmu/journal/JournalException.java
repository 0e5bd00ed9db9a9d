package io.vsmmu.journal;

import org.jspecify.annotations.Nullable;

/**
 * The journal cannot do what it was asked for; the subclasses say whether it may be asked again.
 */
public abstract sealed class JournalException extends RuntimeException
    permits JournalFullException, JournalFailedException, JournalRefusedException {

  private static final long serialVersionUID = 1L;

  JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
