package io.vsmmu.db.seal;

import io.vsmmu.transparency.Checkpoint;
import java.io.IOException;
import java.util.Collection;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.postgresql.ds.PGSimpleDataSource;

/** Verifies the history of a database that no service needs to run for. */
public final class DatabaseHistory {

  private DatabaseHistory() {}

  /**
   * Verifies a database, in sessions that may only read.
   *
   * @param jdbcUrl with user and password if the server asks for them
   * @param known checkpoints that were kept elsewhere
   * @throws IOException if the URL is none of PostgreSQL, or the database cannot be read; the
   *     message says why
   */
  public static HistoryVerdict verify(String jdbcUrl, Collection<Checkpoint> known)
      throws IOException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setURL(jdbcUrl);
    } catch (IllegalArgumentException notOfPostgres) {
      throw new IOException("it is no URL of the form jdbc:postgresql://HOST/DATABASE");
    }
    source.setOptions("-c default_transaction_read_only=on");
    source.setApplicationName("vsmmu-verify");
    try {
      return new HistoryVerifier(source).verify(known);
    } catch (EventStoreException unreadable) {
      throw new IOException(unreadable.getMessage(), unreadable);
    }
  }
}
