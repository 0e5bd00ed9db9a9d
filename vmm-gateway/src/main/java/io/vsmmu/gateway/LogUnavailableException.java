package io.vsmmu.gateway;

import org.jspecify.annotations.Nullable;

/** The log takes nothing of a vSMMU now, or holds its guest; nothing happened. */
public final class LogUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LogUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
