package io.vsmmu.db.write;

import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Thrown when the writer's queue stayed full for as long as an append may wait: not written. */
public final class LogBusyException extends EventStoreException {

  LogBusyException(String message) {
    super(message);
  }
}
