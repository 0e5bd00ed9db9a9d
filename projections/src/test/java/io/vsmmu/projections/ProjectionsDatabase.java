package io.vsmmu.projections;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.testing.TestPostgres;

/** New databases with the tables of the event log and of the read models. */
public final class ProjectionsDatabase {

  private ProjectionsDatabase() {}

  public static EventDatabase open() {
    String url = TestPostgres.newDatabase();
    EventDatabase database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    Tables.migrate(database.pool());
    return database;
  }
}
