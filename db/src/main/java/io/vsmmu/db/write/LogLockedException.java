package io.vsmmu.db.write;

import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Another writer holds the log. */
public final class LogLockedException extends EventStoreException {

  LogLockedException(String message) {
    super(message);
  }
}
