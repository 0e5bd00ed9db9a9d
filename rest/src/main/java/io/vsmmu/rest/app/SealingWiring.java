package io.vsmmu.rest.app;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.seal.HistoryVerifier;
import io.vsmmu.db.seal.SealedTree;
import io.vsmmu.db.seal.Sealer;
import java.io.IOException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The sealing of the log, and what is answered from it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SealingSettings.class)
class SealingWiring {

  @Bean(initMethod = "start", destroyMethod = "close")
  Sealer sealer(EventDatabase database, SealingSettings sealing, VsmmuSettings settings)
      throws IOException {
    return new Sealer(database, sealing.in(settings.dataDir()));
  }

  @Bean
  SealedTree sealedTree(EventDatabase database) {
    return new SealedTree(database);
  }

  @Bean
  HistoryVerifier historyVerifier(EventDatabase database) {
    return new HistoryVerifier(database.pool());
  }
}
