package io.vsmmu.rest.app;

import io.vsmmu.control.job.Jobs;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.find.Finder;
import io.vsmmu.projections.travel.TimeTravel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What answers questions to the past, and the jobs that do. */
@Configuration(proxyBeanMethods = false)
class DebuggerWiring {

  @Bean(destroyMethod = "close")
  Jobs jobs() {
    return new Jobs();
  }

  @Bean(destroyMethod = "close")
  Finder finder(EventDatabase database, TimeTravel states) {
    return new Finder(database.log(), states, database.snapshots(), database.registry());
  }
}
