package io.vsmmu.bench;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import java.io.IOException;
import java.nio.file.Path;

/** An event database on a PostgreSQL of its own, for the logs of one measurement. */
final class OwnDatabase implements AutoCloseable {

  private final EmbeddedDatabase postgres;
  private final EventDatabase database;

  private OwnDatabase(EmbeddedDatabase postgres, EventDatabase database) {
    this.postgres = postgres;
    this.database = database;
  }

  /**
   * Starts the server and opens the database.
   *
   * @param folder for both, empty
   */
  static OwnDatabase start(Path folder) throws IOException {
    EmbeddedDatabase postgres = EmbeddedDatabase.start(folder.resolve("postgres"));
    return new OwnDatabase(
        postgres,
        EventDatabase.open(
            postgres.jdbcUrl(),
            JournalSettings.in(folder.resolve("journal")),
            EventLogLimits.DEFAULTS));
  }

  EventDatabase database() {
    return database;
  }

  @Override
  public void close() throws IOException {
    database.close();
    postgres.close();
  }
}
