package io.vsmmu.db.write;

import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Thrown when another writer, usually of another process, holds the lock on the event log. */
public final class LogLockedException extends EventStoreException {

  LogLockedException(String message) {
    super(message);
  }
}
