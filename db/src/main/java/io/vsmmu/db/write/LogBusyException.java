package io.vsmmu.db.write;

import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** The writer's queue stayed full for as long as an append may wait. Nothing was written. */
public final class LogBusyException extends EventStoreException {

  LogBusyException(String message) {
    super(message);
  }
}
