package io.vsmmu.control.log;

import io.vsmmu.gateway.LogUnavailableException;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Recognises failures of the event log for packages that do not depend on Axon. */
public final class LogFailures {

  private LogFailures() {}

  /** Whether the log could not be read or written. */
  public static boolean isLogFailure(Throwable failure) {
    return failure instanceof EventStoreException || failure instanceof LogUnavailableException;
  }
}
