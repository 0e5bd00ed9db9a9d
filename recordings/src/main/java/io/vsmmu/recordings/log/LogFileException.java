package io.vsmmu.recordings.log;

import java.io.IOException;

/** A file cannot be read, or not further; {@link #failure} tells why. */
public final class LogFileException extends IOException {

  private static final long serialVersionUID = 1;

  private final transient LogFileFailure failure;

  LogFileException(LogFileFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  public LogFileFailure failure() {
    return failure;
  }
}
