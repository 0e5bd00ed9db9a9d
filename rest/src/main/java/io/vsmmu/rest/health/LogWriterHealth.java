package io.vsmmu.rest.health;

import io.vsmmu.control.audit.DatabaseException;
import io.vsmmu.control.audit.Statements;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.write.LogLag;
import io.vsmmu.db.write.LogWriter;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports whether the log can be written now: whether its journal has room, and its database
 * answers and takes writes. The details say how far the database is behind the journal.
 */
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
    LogLag lag = writer.lag();
    return condition()
        .withDetail("lagEvents", lag.events())
        .withDetail("lagBytes", lag.bytes())
        .withDetail("lagSeconds", lag.time().toMillis() / 1e3)
        .withDetail("journalFreeBytes", writer.journalFreeBytes())
        .build();
  }

  private Health.Builder condition() {
    Optional<String> problem = writer.problem();
    if (!writer.running()) {
      return Health.down().withDetail("reason", problem.orElse("the log's writer has ended"));
    }
    Optional<String> without =
        availability.unavailable().isPresent()
            ? availability.unavailable()
            : availability.outOfSpace();
    if (without.isPresent()) {
      return Health.down().withDetail("reason", without.get());
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
      if (!writable) {
        return Health.down().withDetail("reason", "the database is read-only");
      }
      return problem
          .map(reason -> Health.down().withDetail("reason", reason))
          .orElseGet(Health::up);
    } catch (DatabaseException failed) {
      return Health.down(failed);
    }
  }
}
