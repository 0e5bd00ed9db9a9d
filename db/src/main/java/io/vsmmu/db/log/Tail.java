package io.vsmmu.db.log;

/** The events that are acknowledged and not in the database yet; only the journal holds them. */
@FunctionalInterface
public interface Tail {

  /** For readers that want what the database holds, whatever else is acknowledged. */
  Tail IGNORED = () -> {};

  /**
   * Waits until everything that is acknowledged now is in the database, at most {@link
   * EventLogLimits#tailWait()}.
   *
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if it is not, because
   *     the database is unavailable or too slow
   */
  void awaitInDatabase();
}
