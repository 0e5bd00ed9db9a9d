package io.vsmmu.db.log;

import io.vsmmu.db.embedded.Availability;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/** Thrown when the file system of the log has no space left. Nothing was written. */
public final class NoSpaceException extends EventStoreException {

  /**
   * Makes the exception.
   *
   * @param message names the path, as {@link NoSpaceMessage#of} does
   */
  public NoSpaceException(String message) {
    super(message);
  }

  /** Throws this exception while the database's supervisor reports that there is no space. */
  public static void throwIfFull(Availability availability) {
    availability
        .outOfSpace()
        .ifPresent(
            reason -> {
              throw new NoSpaceException(reason);
            });
  }
}
