package io.vsmmu.db;

import io.vsmmu.boundary.Boundaries;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Runs schema migrations with Flyway. Each module keeps its scripts in the class path folder {@code
 * db/<module>} and its history in the table {@code <module>_schema_history}, so that modules number
 * their scripts independently of each other. A script that was released must not change any more,
 * not even in a comment, because Flyway compares its checksum.
 */
public final class Migrations {

  /** Module name of the event log's scripts. */
  public static final String LOG = "log";

  private Migrations() {}

  /** As {@link #run(DataSource, String)}, for the event log's tables. */
  public static void run(DataSource dataSource) {
    run(dataSource, LOG);
  }

  /**
   * Applies the scripts of one module that the database does not have yet.
   *
   * @param module lower-case name of the module, for instance {@code projections}
   * @throws org.flywaydb.core.api.FlywayException if a script fails or was changed after it had run
   */
  public static void run(DataSource dataSource, String module) {
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(dataSource)
        .locations("classpath:db/" + module)
        .table(module + "_schema_history")
        // The schema may contain the tables of another module already.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .callbacks(new Steps())
        .load()
        .migrate();
  }

  /** Reports the steps of the migrations. */
  private static final class Steps extends BaseCallback {

    @Override
    public boolean supports(Event event, Context context) {
      return event == Event.BEFORE_EACH_MIGRATE_STATEMENT || event == Event.AFTER_EACH_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
      Boundaries.reached(
          event == Event.AFTER_EACH_MIGRATE
              ? MigrationBoundary.SCRIPT_EXECUTED
              : MigrationBoundary.STATEMENT);
    }
  }
}
