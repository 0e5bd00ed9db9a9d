package io.vsmmu.db.schema;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Runs schema migrations with Flyway. Each module keeps its scripts in the class path folder {@code
 * db/<module>} and its history in the table {@code <module>_schema_history}, so that modules number
 * their scripts independently of each other.
 */
public final class Migrations {

  /** Module name of the event log's own scripts. */
  public static final String LOG = "log";

  private Migrations() {}

  /** Brings the event log's tables up to date. */
  public static void run(DataSource dataSource) {
    run(dataSource, LOG);
  }

  /**
   * Brings the tables of one module up to date.
   *
   * @param module lower-case name of the module, for instance {@code projections}
   * @throws org.flywaydb.core.api.FlywayException if a script fails or was changed after it had run
   */
  public static void run(DataSource dataSource, String module) {
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(dataSource)
        .locations("classpath:db/" + module)
        .table(module + "_schema_history")
        // Another module's tables may lie in the same schema already.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }
}
