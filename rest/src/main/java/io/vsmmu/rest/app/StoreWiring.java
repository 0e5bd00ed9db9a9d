package io.vsmmu.rest.app;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.embedded.EmbeddedLimits;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The event store: an embedded PostgreSQL, or an external one by {@code spring.datasource.url}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VsmmuSettings.class)
class StoreWiring {

  private static final String EXTERNAL_URL = "spring.datasource.url";

  @Bean(destroyMethod = "close")
  @ConditionalOnProperty(name = EXTERNAL_URL, matchIfMissing = true, havingValue = "none")
  EmbeddedDatabase embeddedDatabase(VsmmuSettings settings) throws IOException {
    return EmbeddedDatabase.startOwned(
        settings.dataDir().resolve("postgres"), EmbeddedLimits.DEFAULTS);
  }

  @Bean(destroyMethod = "close")
  EventDatabase eventDatabase(
      VsmmuSettings settings,
      ObjectProvider<EmbeddedDatabase> embedded,
      ObjectProvider<JournalSettings.Adjustment> adjustment,
      Environment environment) {
    EmbeddedDatabase own = embedded.getIfAvailable();
    JournalSettings journal =
        adjustment
            .getIfAvailable(() -> given -> given)
            .apply(new JournalSettings(settings.journal(), settings.acceptJournalLoss()));
    return own == null
        ? EventDatabase.open(ExternalDatabase.url(environment), journal, EventLogLimits.DEFAULTS)
        : EventDatabase.open(own.jdbcUrl(), journal, EventLogLimits.DEFAULTS, own.availability());
  }

  @Bean(destroyMethod = "close")
  AxonDecisionLog stimulusGate(EventDatabase database) {
    return new AxonDecisionLog(database);
  }

  @Bean
  TimeTravel timeTravel(EventDatabase database) {
    return new TimeTravel(database.log(), database.snapshots());
  }
}
