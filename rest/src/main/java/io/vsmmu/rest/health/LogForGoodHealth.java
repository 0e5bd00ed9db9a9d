package io.vsmmu.rest.health;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.embedded.ServerCondition;
import io.vsmmu.db.embedded.ServerCondition.Kind;
import io.vsmmu.db.write.LogWriter;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Reports for liveness whether the log can become writable again without a restart of the service.
 * Makes no query.
 */
@Component("logForGoodHealthIndicator")
class LogForGoodHealth implements HealthIndicator {

  private final LogWriter writer;
  private final Optional<EmbeddedDatabase> embedded;

  LogForGoodHealth(EventDatabase database, ObjectProvider<EmbeddedDatabase> embedded) {
    this.writer = database.writer();
    this.embedded = embedded.stream().findFirst();
  }

  @Override
  public Health health() {
    if (!writer.running()) {
      return Health.down()
          .withDetail("reason", writer.problem().orElse("the log's writer has ended"))
          .build();
    }
    return embedded
        .map(EmbeddedDatabase::condition)
        .filter(condition -> condition.kind() == Kind.GIVEN_UP)
        .map(ServerCondition::reason)
        .map(reason -> Health.down().withDetail("reason", reason))
        .orElseGet(Health::up)
        .build();
  }
}
