package io.vsmmu.control.log;

import io.vsmmu.gateway.LogUnavailableException;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Failures of the event log, told apart for those who do not know Axon. */
public final class LogFailures {

  private LogFailures() {}

  /** Whether the log could not be read or written. */
  public static boolean isLogFailure(Throwable failure) {
    return failure instanceof EventStoreException || failure instanceof LogUnavailableException;
  }
}
