package io.vsmmu.journal;

import org.jspecify.annotations.Nullable;

/**
 * Every segment holds entries that are not released, or the file system has no space for another
 * segment. Nothing was appended; the append may be repeated once entries are released.
 */
public final class JournalFullException extends JournalException {

  private static final long serialVersionUID = 1L;

  JournalFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
