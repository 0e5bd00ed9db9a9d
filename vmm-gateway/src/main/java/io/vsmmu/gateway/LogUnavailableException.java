package io.vsmmu.gateway;

import org.jspecify.annotations.Nullable;

/** The log takes no stimulus of a vSMMU at the moment. The stimulus had no effect. */
public final class LogUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LogUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
