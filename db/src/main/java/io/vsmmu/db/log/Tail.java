package io.vsmmu.db.log;

/** What is acknowledged and not in the database yet: only the journal holds it. Thread-safe. */
@FunctionalInterface
public interface Tail {

  /** For followers of the database, and for a database that no writer in this process fills. */
  Tail IGNORED = () -> Unshipped.NONE;

  /**
   * The acknowledged events that the database lacks. A database that takes events is given a moment
   * ({@link EventLogLimits#foldWait()}) to take them all, which costs less than reading the
   * journal.
   *
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if the writer is closed
   */
  Unshipped unshipped();
}
