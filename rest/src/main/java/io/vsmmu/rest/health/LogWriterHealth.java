package io.vsmmu.rest.health;

import io.vsmmu.control.audit.DatabaseException;
import io.vsmmu.control.audit.Statements;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.write.LogWriter;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Reports whether the log can be written now: whether its database answers and takes writes. */
@Component("logWriterHealthIndicator")
class LogWriterHealth implements HealthIndicator {

  private final Statements statements;
  private final LogWriter writer;
  private final Availability availability;

  LogWriterHealth(EventDatabase database) {
    this.statements = new Statements(database.pool());
    this.writer = database.writer();
    this.availability = database.availability();
  }

  @Override
  public Health health() {
    if (!writer.running()) {
      return Health.down().withDetail("reason", "the log's writer has ended").build();
    }
    Optional<String> without =
        availability.unavailable().isPresent()
            ? availability.unavailable()
            : availability.outOfSpace();
    if (without.isPresent()) {
      return Health.down().withDetail("reason", without.get()).build();
    }
    try {
      boolean writable =
          statements
              .query(
                  "SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only')"
                      + " = 'off'",
                  row -> row.getBoolean(1),
                  List.of())
              .getFirst();
      return writable
          ? Health.up().build()
          : Health.down().withDetail("reason", "the database is read-only").build();
    } catch (DatabaseException failed) {
      return Health.down(failed).build();
    }
  }
}
