package io.vsmmu.recordings.log;

import java.io.IOException;

/**
 * A log file cannot be read, or not beyond the records that were already given; {@link #failure} is
 * the reason.
 */
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
