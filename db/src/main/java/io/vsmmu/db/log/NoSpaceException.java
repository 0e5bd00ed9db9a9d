package io.vsmmu.db.log;

import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** The file system of the log has no room. Nothing was written. */
public final class NoSpaceException extends EventStoreException {

  /**
   * With a reason.
   *
   * @param message names the path
   */
  public NoSpaceException(String message) {
    super(message);
  }
}
