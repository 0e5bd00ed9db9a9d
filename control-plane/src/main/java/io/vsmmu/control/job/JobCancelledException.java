package io.vsmmu.control.job;

import java.util.concurrent.CancellationException;

/** A job was cancelled: its client asked for that, or does not exist any more. */
public final class JobCancelledException extends CancellationException {

  private static final long serialVersionUID = 1L;

  JobCancelledException(String message) {
    super(message);
  }
}
